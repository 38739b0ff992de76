"""Forms of the month: their receipts, figures that are withdrawn, notes why there is no figure"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FORMS = (
    "kind IN ('scores', 'facts', 'history', 'indices', 'self_assessment', 'appraisal', 'explanation', "
    "'survey', 'register', 'council')"
)
_KINDS_BEFORE = f"{_FORMS} OR substr(kind, 1, 8) = 'figures ' OR substr(kind, 1, 9) = 'register '"
_KINDS = f"{_FORMS} OR substr(kind, 1, 8) IN ('figures ', 'monthly ') OR substr(kind, 1, 9) = 'register '"
_PARTS = " OR (numerator IS NOT NULL AND denominator IS NOT NULL)"
_FIGURE_BEFORE = f"(numerator IS NULL AND denominator IS NULL AND value IS NOT NULL){_PARTS}"
_FIGURE = f"(numerator IS NULL AND denominator IS NULL AND (value IS NOT NULL OR note <> '' OR withdrawn)){_PARTS}"


def upgrade() -> None:
    _restate("receipt", "known_kind", _KINDS)
    with op.batch_alter_table("figure_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("figure_version", schema=None) as batch_op:
        batch_op.alter_column("withdrawn", server_default=None)
    _restate("figure_version", "value_or_parts", _FIGURE)


def _restate(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def downgrade() -> None:
    op.execute("DELETE FROM figure_version WHERE numerator IS NULL AND denominator IS NULL AND value IS NULL")
    _restate("figure_version", "value_or_parts", _FIGURE_BEFORE)
    with op.batch_alter_table("figure_version", schema=None) as batch_op:
        batch_op.drop_column("withdrawn")
    _restate("receipt", "known_kind", _KINDS_BEFORE)
