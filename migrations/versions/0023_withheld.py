"""What owners keep to themselves: their topics, messages and retracted answers, and which passages those reach."""

from alembic import op

revision = "0023"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE withheld (
    owner text NOT NULL,
    id text NOT NULL,                     -- short enough to be typed
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('topic', 'message', 'answer')),
    chat text,                            -- of a message
    message text,                         -- likewise
    answer text,                          -- whose sources these are
    key_id text,                          -- of a topic: what its words and terms are sealed and blinded under
    sealed bytea,
    terms bytea[],
    PRIMARY KEY (owner, id)
);
CREATE TABLE withheld_passage (
    owner text NOT NULL,
    passage uuid NOT NULL,
    withheld text NOT NULL,
    PRIMARY KEY (owner, passage, withheld),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE,
    FOREIGN KEY (owner, withheld) REFERENCES withheld ON DELETE CASCADE
);
CREATE INDEX withheld_passage_by ON withheld_passage (owner, withheld);
"""


def upgrade() -> None:
    """Create both tables behind row-level security."""
    op.execute(TABLES)
    for table in ("withheld", "withheld_passage"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
