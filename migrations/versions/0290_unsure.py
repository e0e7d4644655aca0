"""Messages whose platform may call them something else are few, and found without the others of their owner."""

from alembic import op

revision = "0290"
down_revision = "0260"
branch_labels = None
depends_on = None

# Each batch of a history is held against them: without this it reads all that its owner said on the same days.
SQL = """
CREATE INDEX message_unsure ON message (owner, chat, at)
    WHERE message LIKE 'file:%' OR source NOT IN ('live', 'history', 'file');
"""


def upgrade() -> None:
    """No row changes."""
    op.execute(SQL)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
