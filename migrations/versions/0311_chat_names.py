"""What an owner's chats are called, sealed under the owner's key."""

from alembic import op

revision = "0311"
down_revision = "0310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Seen on behalf of its owner alone."""
    op.execute("""
        CREATE TABLE chat_name (
            owner text NOT NULL,
            chat text NOT NULL,
            key_id text NOT NULL,
            sealed bytea NOT NULL,
            PRIMARY KEY (owner, chat)
        )
    """)
    op.execute("ALTER TABLE chat_name ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE chat_name FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON chat_name USING (owner = current_setting('fenshen.owner', true))")
    op.execute("ALTER TABLE chat_name ALTER COLUMN owner SET STATISTICS 0")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
