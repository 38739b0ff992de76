"""Figures of the month, other indices, registers"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import ExactNumber

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KINDS_BEFORE = (
    "kind IN ('scores', 'facts', 'history', 'self_assessment', 'appraisal', 'explanation', 'survey', "
    "'register', 'council')"
)
_KINDS = (
    "kind IN ('scores', 'facts', 'history', 'indices', 'self_assessment', 'appraisal', 'explanation', "
    "'survey', 'register', 'council') OR substr(kind, 1, 8) = 'figures ' OR substr(kind, 1, 9) = 'register '"
)


def upgrade() -> None:
    _allow_receipts(_KINDS)
    op.create_table(
        "figure_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("numerator", ExactNumber(), nullable=True),
        sa.Column("denominator", ExactNumber(), nullable=True),
        sa.Column("value", ExactNumber(), nullable=True),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("qualifier IN ('=', '>', '>=', '<', '<=')", name=op.f("ck_figure_version_known_qualifier")),
        sa.CheckConstraint(
            "(numerator IS NULL AND denominator IS NULL AND value IS NOT NULL)"
            " OR (numerator IS NOT NULL AND denominator IS NOT NULL)",
            name=op.f("ck_figure_version_value_or_parts"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_figure_version_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_figure_version_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_version")),
        sa.UniqueConstraint(
            "year",
            "period",
            "unit",
            "measure",
            "version",
            name=op.f("uq_figure_version_year_period_unit_measure_version"),
        ),
    )
    op.create_index(op.f("ix_figure_version_receipt_id"), "figure_version", ["receipt_id"], unique=False)
    op.create_table(
        "index_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", ExactNumber(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("ranked", sa.Integer(), nullable=True),
        sa.Column("rank_change", sa.Integer(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "value IS NOT NULL OR rank IS NOT NULL OR rank_change IS NOT NULL",
            name=op.f("ck_index_version_says_something"),
        ),
        sa.CheckConstraint(
            "rank >= 1 AND (ranked IS NULL OR rank <= ranked)", name=op.f("ck_index_version_rank_among_ranked")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_index_version_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_index_version_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_version")),
        sa.UniqueConstraint(
            "year", "series", "unit", "version", name=op.f("uq_index_version_year_series_unit_version")
        ),
    )
    op.create_index(op.f("ix_index_version_receipt_id"), "index_version", ["receipt_id"], unique=False)
    op.create_table(
        "register_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_register_version_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_register_version_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_version")),
        sa.UniqueConstraint("kind", "unit", "key", "version", name=op.f("uq_register_version_kind_unit_key_version")),
    )
    op.create_index(op.f("ix_register_version_receipt_id"), "register_version", ["receipt_id"], unique=False)
    op.create_index("ix_register_version_kind_year", "register_version", ["kind", "year"], unique=False)


def _allow_receipts(kinds: str) -> None:
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_receipt_known_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_receipt_known_kind"), kinds)


def downgrade() -> None:
    for table in ("register_version", "index_version", "figure_version"):
        op.drop_table(table)
    _allow_receipts(_KINDS_BEFORE)
