"""Requests to open a step, units that an appraiser has open, waived checks, signed summaries"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_request")),
    )
    op.create_index(op.f("ix_opening_request_year"), "opening_request", ["year"])
    op.create_table(
        "opening_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.CheckConstraint("until IS NOT NULL OR reason <> ''", name=op.f("ck_opening_answer_day_or_reason")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["opening_request.id"], name=op.f("fk_opening_answer_request_id_opening_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_answer")),
        sa.UniqueConstraint("request_id", name=op.f("uq_opening_answer_request_id")),
    )
    op.create_table(
        "appraisal_hold",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("year", "unit", "agency", name=op.f("pk_appraisal_hold")),
    )
    op.create_table(
        "waiting_file",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("came_at", Moment(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_waiting_file")),
    )
    op.create_index(op.f("ix_waiting_file_unit"), "waiting_file", ["unit"])
    op.create_table(
        "waiver_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("check_name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_waiver_version_version_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver_version")),
        sa.UniqueConstraint(
            "year",
            "form",
            "subject",
            "check_name",
            "version",
            name=op.f("uq_waiver_version_year_form_subject_check_name_version"),
        ),
    )
    op.create_table(
        "signed_summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_signed_summary_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_summary")),
    )
    op.create_index(op.f("ix_signed_summary_unit"), "signed_summary", ["unit"])
    op.add_column("desk_session", sa.Column("is_elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("desk_session", "is_elsewhere")
    for table in (
        "signed_summary",
        "waiver_version",
        "waiting_file",
        "appraisal_hold",
        "opening_answer",
        "opening_request",
    ):
        op.drop_table(table)
