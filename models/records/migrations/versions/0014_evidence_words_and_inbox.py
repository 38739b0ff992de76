"""Evidence that comes by the inbox, and the words of evidence files in a table of their own"""

import sqlalchemy as sa
from alembic import op

from models.records.evidence_words import fill_words
from models.records.tables import BY_LETTER

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAY = "ck_evidence_file_known_way"


def upgrade() -> None:
    _know_the_way("'inbox', 'command', 'desk'")
    op.create_table(
        "evidence_word",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("word", BY_LETTER, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_file.id"], name=op.f("fk_evidence_word_file_id_evidence_file")),
        sa.PrimaryKeyConstraint("year", "word", "file_id", name=op.f("pk_evidence_word")),
        sqlite_with_rowid=False,
    )
    fill_words(op.get_bind())


def downgrade() -> None:
    op.drop_table("evidence_word")
    _know_the_way("'command', 'desk'")


def _know_the_way(ways: str) -> None:
    with op.batch_alter_table("evidence_file") as batch:
        batch.drop_constraint(op.f(_WAY), type_="check")
        batch.create_check_constraint(op.f(_WAY), f"via IN ({ways})")
