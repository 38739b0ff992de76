"""Extensions that an officer grants at the desk or by command"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extension_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_extension_version_version_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_version")),
        sa.UniqueConstraint(
            "year", "step", "subject", "version", name=op.f("uq_extension_version_year_step_subject_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("extension_version")
