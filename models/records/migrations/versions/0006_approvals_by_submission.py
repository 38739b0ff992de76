"""Approvals keep number and day of the submission, and the grave points that a person accepted with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval", sa.Column("submission_number", sa.Integer(), nullable=True))
    op.add_column("approval", sa.Column("submission_day", sa.Date(), nullable=True))
    op.add_column("approval", sa.Column("accepted", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("approval", schema=None) as batch_op:
        for column in ("accepted", "submission_day", "submission_number"):
            batch_op.drop_column(column)
