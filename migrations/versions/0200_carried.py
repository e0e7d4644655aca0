"""By which keys a platform knows the bot's own messages in groups, for every process that hears a reply to one."""

from alembic import op

revision = "0200"
down_revision = "0190"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Ids of messages and chats; no person, no word."""
    op.execute("""
        CREATE TABLE carried (
            chat text NOT NULL,               -- a group; never one that names a person
            key text NOT NULL,                -- the platform's own, which a reply brings along
            message text NOT NULL,            -- the id under which it was sent
            at timestamptz NOT NULL,
            PRIMARY KEY (chat, key)
        )
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
