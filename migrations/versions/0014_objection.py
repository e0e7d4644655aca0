"""Objections: who wants to be kept out of what is learned in a chat, by id alone."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row is read to keep somebody's name out, and for nothing else: no route, page or count tells whose it is."""
    op.execute("""
        CREATE TABLE objection (
            chat text NOT NULL,
            person text NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (chat, person)
        )
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
