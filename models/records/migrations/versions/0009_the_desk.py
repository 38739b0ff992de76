"""Accounts of the desk, what they sign in with, who came in; files that came by the desk"""

import sqlalchemy as sa
from alembic import op

from models.records.tables import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WAY = "ck_submission_known_way"


def upgrade() -> None:
    op.create_table(
        "account_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_account_version_version_from_one")),
        sa.CheckConstraint(
            "role IN ('unit', 'appraiser', 'officer', 'leader', 'administrator', 'auditor')",
            name=op.f("ck_account_version_known_role"),
        ),
        sa.CheckConstraint(
            "(role IN ('unit', 'appraiser')) = (subject <> '')",
            name=op.f("ck_account_version_subject_of_a_bound_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_version")),
        sa.UniqueConstraint("login", "version", name=op.f("uq_account_version_login_version")),
    )
    op.create_table(
        "account_secret",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp", sa.String(), nullable=False),
        sa.Column("totp_used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_account_secret")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("act IN ('in', 'out', 'out_everywhere', 'held')", name=op.f("ck_sign_in_known_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_login"), "sign_in", ["login"])
    op.create_table(
        "desk_session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_desk_session")),
    )
    op.create_index(op.f("ix_desk_session_login"), "desk_session", ["login"])
    _know_the_way("'inbox', 'command', 'desk'")


def downgrade() -> None:
    _know_the_way("'inbox', 'command'")
    for table in ("desk_session", "sign_in", "account_secret", "account_version"):
        op.drop_table(table)


def _know_the_way(ways: str) -> None:
    with op.batch_alter_table("submission") as batch:
        batch.drop_constraint(op.f(_WAY), type_="check")
        batch.create_check_constraint(op.f(_WAY), f"via IN ({ways})")
