"""Snapshots, approvals and publications of a period beside those of the index of a year"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("snapshot", "approval", "publication")
_APPROVED = sa.text("verdict = 'approved'")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("period", sa.String(), nullable=False, server_default=""))
    _one_approval(["year", "period", "replaces"])


def _one_approval(columns: list[str]) -> None:
    """What an approval is the only one for."""
    op.drop_index("uq_approval_one_per_round", table_name="approval")
    op.create_index(
        "uq_approval_one_per_round",
        "approval",
        columns,
        unique=True,
        sqlite_where=_APPROVED,
        postgresql_where=_APPROVED,
    )


def downgrade() -> None:
    _one_approval(["year", "replaces"])
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("period")
