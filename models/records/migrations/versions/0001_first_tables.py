"""First tables"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import ExactNumber, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('scores', 'facts', 'history')", name=op.f("ck_receipt_known_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("kind", "year", "sha256", name=op.f("uq_receipt_kind_year_sha256")),
    )
    op.create_table(
        "snapshot",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("through_score", sa.Integer(), nullable=False),
        sa.Column("through_fact", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("evaluated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_snapshot")),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index("ix_snapshot_year_created_at", ["year", "created_at"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha256", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("number_year", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'approved' AND number >= 1 AND day IS NOT NULL) OR (verdict = 'refused' AND reason <> '')",
            name=op.f("ck_approval_number_or_reason"),
        ),
        sa.CheckConstraint("verdict IN ('approved', 'refused')", name=op.f("ck_approval_known_verdict")),
        sa.ForeignKeyConstraint(
            ["snapshot_sha256"], ["snapshot.sha256"], name=op.f("fk_approval_snapshot_sha256_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_snapshot_sha256"), ["snapshot_sha256"], unique=False)
        batch_op.create_index(
            "uq_approval_number",
            ["symbol", "number", "number_year"],
            unique=True,
            sqlite_where=sa.text("verdict = 'approved'"),
            postgresql_where=sa.text("verdict = 'approved'"),
        )
        batch_op.create_index(
            "uq_approval_one_per_round",
            ["year", "replaces"],
            unique=True,
            sqlite_where=sa.text("verdict = 'approved'"),
            postgresql_where=sa.text("verdict = 'approved'"),
        )

    op.create_table(
        "fact_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_fact_version_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_fact_version_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_version")),
        sa.UniqueConstraint(
            "year",
            "unit",
            "component",
            "fact",
            "version",
            name=op.f("uq_fact_version_year_unit_component_fact_version"),
        ),
    )
    with op.batch_alter_table("fact_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_version_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "published_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("max_points", ExactNumber(), nullable=True),
        sa.Column("points", ExactNumber(), nullable=True),
        sa.Column("index", ExactNumber(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_published_index_rank_from_one")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_published_index_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_published_index_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_index")),
        sa.UniqueConstraint("year", "unit", "version", name=op.f("uq_published_index_year_unit_version")),
    )
    with op.batch_alter_table("published_index", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_index_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "score_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", ExactNumber(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "source IN ('self', 'appraisal', 'survey', 'council', 'bonus', 'penalty')",
            name=op.f("ck_score_version_known_source"),
        ),
        sa.CheckConstraint(
            "(not_applicable AND points IS NULL) OR (NOT not_applicable AND points IS NOT NULL)",
            name=op.f("ck_score_version_points_or_not_applicable"),
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_score_version_points_not_negative")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_score_version_version_from_one")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_score_version_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_version")),
        sa.UniqueConstraint(
            "year",
            "unit",
            "component",
            "source",
            "version",
            name=op.f("uq_score_version_year_unit_component_source_version"),
        ),
    )
    with op.batch_alter_table("score_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_version_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_publication_approval_id_approval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_publication_approval_id")),
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_year"), ["year"], unique=False)


def downgrade() -> None:
    for table in ("publication", "approval", "snapshot", "score_version", "published_index", "fact_version", "receipt"):
        op.drop_table(table)
