"""Workbooks: submissions, replies, deliveries, evidence, words, remarks; versions that withdraw"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.records.tables import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CSV_KINDS = "'scores', 'facts', 'history'"
_FORM_KINDS = "'self_assessment', 'appraisal', 'explanation', 'survey', 'register', 'council'"
_FROM_ONE = ("version_from_one", "version >= 1")
_POINTS_OR_GRANT = (
    "points_or_not_applicable",
    "(not_applicable AND points IS NULL) OR (NOT not_applicable AND points IS NOT NULL)",
)
_POINTS_OR_GRANT_OR_NONE = (
    "points_or_not_applicable_or_withdrawn",
    "(withdrawn AND points IS NULL AND NOT not_applicable) OR (NOT withdrawn AND not_applicable = (points IS NULL))",
)
_VALUE_OR_NONE = ("value_or_withdrawn", "withdrawn = (value IS NULL)")
_Check = tuple[str, str]


def upgrade() -> None:
    _change(
        "receipt",
        columns=[sa.Column("subject", sa.String(), nullable=False, server_default="")],
        drop=["known_kind"],
        add=[("known_kind", f"kind IN ({_CSV_KINDS}, {_FORM_KINDS})")],
    )
    op.create_index("ix_receipt_year_kind_subject", "receipt", ["year", "kind", "subject"])
    _change(
        "score_version",
        columns=[_withdrawn()],
        drop=["points_or_not_applicable"],
        add=[_POINTS_OR_GRANT_OR_NONE],
    )
    _change("fact_version", columns=[_withdrawn()], add=[_VALUE_OR_NONE], nullable={"value": True})
    _create_submissions()
    _create_answers()
    _create_versions()


def _withdrawn() -> sa.Column[Any]:
    return sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false())


def _change(
    table: str,
    columns: Sequence[sa.Column[Any]] = (),
    drop: Sequence[str] = (),
    add: Sequence[_Check] = (),
    nullable: Mapping[str, bool] | None = None,
    without: str = "",
) -> None:
    """Add or drop columns and change checks; SQLite makes the table anew for it, with all its other checks."""
    with op.batch_alter_table(table) as batch:
        for name in drop:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for column in columns:
            batch.add_column(column)
        if without:
            batch.drop_column(without)
        for name, may_be_null in (nullable or {}).items():
            batch.alter_column(name, existing_type=sa.String(), nullable=may_be_null)
        for name, rule in add:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(rule))


def _create_submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'returned', 'refused', 'unchanged')", name=op.f("ck_submission_known_outcome")
        ),
        sa.CheckConstraint("via IN ('inbox', 'command')", name=op.f("ck_submission_known_way")),
        sa.CheckConstraint(
            "(outcome = 'accepted') = (receipt_id IS NOT NULL)", name=op.f("ck_submission_receipt_when_accepted")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_submission_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("origin", "sha256", name=op.f("uq_submission_origin_sha256")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_submission_receipt_id")),
    )
    op.create_index(op.f("ix_submission_sha256"), "submission", ["sha256"])
    op.create_index("ix_submission_year_kind_subject", "submission", ["year", "kind", "subject"])


def _create_answers() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_reply_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_reply_submission_id")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("attempted_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'failed', 'no_address', 'off')", name=op.f("ck_delivery_known_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_delivery_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_submission_id"), "delivery", ["submission_id"])


def _create_versions() -> None:
    text, whole = sa.String(), sa.Integer()
    _create_version_table(
        "evidence_version",
        key=[("unit", text), ("component", text), ("stage", text), ("place", whole)],
        values=[
            sa.Column("document", text, nullable=False),
            sa.Column("number", text, nullable=False),
            sa.Column("day", sa.Date(), nullable=True),
            sa.Column("page", text, nullable=False),
        ],
        checks=[("known_stage", "stage IN ('self', 'explanation')"), ("place_from_zero", "place >= 0")],
    )
    _create_version_table(
        "word_version",
        key=[("unit", text), ("component", text), ("stage", text)],
        values=[sa.Column("answer", text, nullable=False), sa.Column("text", text, nullable=False)],
        checks=[("known_stage", "stage IN ('self', 'explanation', 'survey', 'register')")],
    )
    _create_version_table(
        "remark_version",
        key=[("kind", text), ("subject", text), ("remark", text)],
        values=[sa.Column("text", text, nullable=False)],
        checks=[],
    )


def _create_version_table(
    table: str,
    key: Sequence[tuple[str, sa.String | sa.Integer]],
    values: Sequence[sa.Column[Any]],
    checks: Sequence[_Check],
) -> None:
    unique = ("year", *(name for name, _ in key), "version")
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in key),
        sa.Column("version", sa.Integer(), nullable=False),
        *values,
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in (*checks, _FROM_ONE)),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f(f"fk_{table}_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}")),
    )
    op.create_index(op.f(f"ix_{table}_receipt_id"), table, ["receipt_id"])


def downgrade() -> None:
    """Back to the first tables; refused by the database where workbooks were received."""
    for table in ("remark_version", "word_version", "evidence_version", "delivery", "reply", "submission"):
        op.drop_table(table)
    op.drop_index("ix_receipt_year_kind_subject", "receipt")
    _change("receipt", without="subject", drop=["known_kind"], add=[("known_kind", f"kind IN ({_CSV_KINDS})")])
    _change(
        "score_version",
        without="withdrawn",
        drop=[_POINTS_OR_GRANT_OR_NONE[0]],
        add=[_POINTS_OR_GRANT],
    )
    _change("fact_version", without="withdrawn", drop=[_VALUE_OR_NONE[0]], nullable={"value": False})
