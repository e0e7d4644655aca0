"""Interviews: which questions are ahead, and which messages answered which; ids alone."""

from alembic import op

revision = "0016"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """At most one is open for each owner; a row goes with the consent that it is for."""
    op.execute("""
        CREATE TABLE interview (
            owner text NOT NULL,
            chat text NOT NULL,               -- for which the answers are kept
            language text NOT NULL,
            ahead text[] NOT NULL,            -- the questions' ids, the first of them being asked
            given jsonb NOT NULL,             -- [question, message] of every answer, oldest first
            open boolean NOT NULL,
            asked_at timestamptz,             -- when the card of the first was made; NULL: not yet
            at timestamptz NOT NULL,          -- when anything last happened
            PRIMARY KEY (owner, chat)
        )
    """)
    op.execute("CREATE UNIQUE INDEX interview_open ON interview (owner) WHERE open")
    op.execute("ALTER TABLE interview ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE interview FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY own ON interview USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
