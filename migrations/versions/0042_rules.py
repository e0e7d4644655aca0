"""What admins say for the whole house: rules in numbers, and chats of which nothing may be learned."""

from alembic import op

revision = "0042"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No row: nothing beyond what is built in."""
    op.execute("""
        CREATE TABLE rule (
            name text PRIMARY KEY CHECK (name IN ('retention_days', 'answers_to_one', 'answers_a_day')),
            value integer NOT NULL CHECK (value > 0),
            at timestamptz NOT NULL,
            by text NOT NULL
        );
        CREATE TABLE forbidden_chat (
            chat text PRIMARY KEY,
            at timestamptz NOT NULL,
            by text NOT NULL
        );
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
