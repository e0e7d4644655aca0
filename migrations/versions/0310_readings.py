"""How far the reading of a chat's history has come, so that one that broke off goes on from there."""

from alembic import op

revision = "0310"
down_revision = "0320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Counts and a time, of no message; seen on behalf of its owner alone."""
    op.execute("""
        CREATE TABLE reading (
            owner text NOT NULL,
            id text NOT NULL,
            chat text NOT NULL,
            since timestamptz NOT NULL,
            at timestamptz,
            read integer NOT NULL,
            others integer NOT NULL,
            to_bot integer NOT NULL,
            empty integer NOT NULL,
            kept integer NOT NULL,
            known integer NOT NULL,
            gaps integer NOT NULL,
            closed boolean NOT NULL,
            moved_at timestamptz NOT NULL,
            PRIMARY KEY (owner, id, chat)
        )
    """)
    op.execute("ALTER TABLE reading ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE reading FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON reading USING (owner = current_setting('fenshen.owner', true))")
    op.execute("ALTER TABLE reading ALTER COLUMN owner SET STATISTICS 0")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
