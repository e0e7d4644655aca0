"""Admins' signed events, each taken once; tokens read what they were made for, until they expire."""

from alembic import op

revision = "0040"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens made so far go on reading scopes for a quarter of a year."""
    op.execute("""
        CREATE TABLE admin_event (
            id text PRIMARY KEY,                  -- the sender's, so that what is sent again is known
            at timestamptz NOT NULL,
            by text NOT NULL,                     -- by which secret it was signed
            type text NOT NULL,
            digest bytea NOT NULL,                -- of the body
            answer jsonb                          -- what was answered, to be answered again
        );
        CREATE INDEX admin_event_at ON admin_event (at);
        ALTER TABLE admin_token ADD COLUMN may text[] NOT NULL DEFAULT '{scopes:read}';
        ALTER TABLE admin_token ADD COLUMN until timestamptz NOT NULL DEFAULT now() + interval '90 days';
        ALTER TABLE admin_token ALTER COLUMN may DROP DEFAULT;
        ALTER TABLE admin_token ALTER COLUMN until DROP DEFAULT;
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
