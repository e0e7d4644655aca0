"""Manners: calls counted per platform and day, and turns to send that outlive the process."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables of numbers and times; no words, and of people only where the bot's next message to them may go."""
    op.execute("""
        CREATE TABLE calls (
            platform text NOT NULL,
            day date NOT NULL,                -- in China, where the platforms count
            calls bigint NOT NULL,
            PRIMARY KEY (platform, day)
        )
    """)
    op.execute("""
        CREATE TABLE turn (
            key text PRIMARY KEY,             -- an app, a chat, or a person written to directly
            taken timestamptz[] NOT NULL      -- the latest turns, some of them ahead
        )
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
