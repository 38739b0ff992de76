"""Evidence files, which components they prove, and their words"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import Moment

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name=op.f("ck_evidence_file_known_outcome")),
        sa.CheckConstraint("via IN ('command', 'desk')", name=op.f("ck_evidence_file_known_way")),
        sa.CheckConstraint(
            "kind IN ('', 'pdf', 'png', 'jpeg', 'docx', 'xlsx')", name=op.f("ck_evidence_file_known_kind")
        ),
        sa.CheckConstraint("(outcome = 'accepted') = (kind <> '')", name=op.f("ck_evidence_file_kind_when_accepted")),
        sa.CheckConstraint("(outcome = 'refused') = (why <> '')", name=op.f("ck_evidence_file_reason_when_refused")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
    )
    op.create_index("ix_evidence_file_sha256", "evidence_file", ["sha256"])
    op.create_index("ix_evidence_file_year_unit", "evidence_file", ["year", "unit"])
    op.create_index(
        "uq_evidence_file_once",
        "evidence_file",
        ["year", "unit", "sha256"],
        unique=True,
        sqlite_where=sa.text("outcome = 'accepted'"),
        postgresql_where=sa.text("outcome = 'accepted'"),
    )
    op.create_table(
        "evidence_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("matched IN ('name', 'form', 'person')", name=op.f("ck_evidence_link_known_match")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_evidence_link_version_from_one")),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_file.id"], name=op.f("fk_evidence_link_file_id_evidence_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_link")),
        sa.UniqueConstraint("file_id", "component", "version", name=op.f("uq_evidence_link_file_id_component_version")),
    )
    op.create_index("ix_evidence_link_file_id", "evidence_link", ["file_id"])
    op.create_table(
        "evidence_text",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence_text")),
    )


def downgrade() -> None:
    for table in ("evidence_text", "evidence_link", "evidence_file"):
        op.drop_table(table)
