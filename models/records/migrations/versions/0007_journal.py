"""The journal: one hash chain over everything recorded; what was there before gets a sealed beginning"""

import sqlalchemy as sa
from alembic import op

from models.records.journal import seal_beginning, unguard
from models.records.tables import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("rows", sa.String(), nullable=False),
        sa.Column("last_row", sa.Integer(), nullable=False),
        sa.Column("columns", sa.String(), nullable=False),
        sa.Column("row_hashes", sa.LargeBinary(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("act IN ('recorded', 'sealed')", name=op.f("ck_journal_known_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("before", name=op.f("uq_journal_before")),
        sa.UniqueConstraint("sha256", name=op.f("uq_journal_sha256")),
    )
    op.create_index("ix_journal_table_name_last_row", "journal", ["table_name", "last_row"])
    seal_beginning(op.get_bind())


def downgrade() -> None:
    unguard(op.get_bind())  # PostgreSQL lets no column go that a trigger names
    op.drop_table("journal")
