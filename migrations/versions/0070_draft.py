"""Answers that wait for their owner's look: who asked, where, and out of what; and how many its owner was told of."""

from alembic import op

revision = "0070"
down_revision = "0090"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE draft (
    owner text NOT NULL,
    id text NOT NULL,                     -- short enough to be typed
    at timestamptz NOT NULL,
    asker text NOT NULL,
    platform text NOT NULL,
    chat text NOT NULL,                   -- where the answer would stand
    direct boolean NOT NULL,
    thread text,
    asked text NOT NULL,                  -- the asker's message: what it says is read there, and kept nowhere
    question text NOT NULL,               -- its id while it is remembered
    language text NOT NULL,               -- the asker's
    level text NOT NULL,
    passages integer NOT NULL,            -- how many it cites
    state text NOT NULL CHECK (state IN ('open', 'sent', 'declined', 'put')),
    provider text,                        -- whose model worded it; NULL: quotes, or its owner's own words
    own boolean NOT NULL DEFAULT false,   -- its owner wrote what is sent
    key_id text,
    sealed bytea,                         -- a model's sentences, or its owner's words, under the owner's key
    answer text,                          -- as which it was sent
    PRIMARY KEY (owner, id),
    UNIQUE (owner, chat, asked)
);
CREATE TABLE draft_citation (
    owner text NOT NULL,
    draft text NOT NULL,
    n integer NOT NULL,
    quote integer NOT NULL,               -- what is said in one go is one quote
    passage uuid NOT NULL,
    PRIMARY KEY (owner, draft, n),
    FOREIGN KEY (owner, draft) REFERENCES draft ON DELETE CASCADE,
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX draft_citation_of ON draft_citation (owner, passage);
CREATE TABLE drafted (                    -- whose drafts are to be looked for: by a message taken back, or by a ceiling
    owner text NOT NULL,
    draft text NOT NULL,
    chat text NOT NULL,
    asked text NOT NULL,
    PRIMARY KEY (owner, draft),
    FOREIGN KEY (owner, draft) REFERENCES draft ON DELETE CASCADE
);
CREATE INDEX drafted_in ON drafted (chat, asked);
"""
# a draft goes with the first passage of it that goes, whatever deleted that
GONE = """
CREATE FUNCTION draft_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM draft WHERE owner = OLD.owner AND id = OLD.draft;
    RETURN NULL;
END $$;
CREATE TRIGGER draft_gone AFTER DELETE ON draft_citation FOR EACH ROW EXECUTE FUNCTION draft_gone();
"""


def upgrade() -> None:
    """Drafts lie behind row-level security; of what they say nothing but sealed words is stored."""
    op.execute(TABLES)
    op.execute(GONE)
    for table in ("draft", "draft_citation"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_setting('fenshen.owner', true))")
    op.execute("ALTER TABLE answer ADD COLUMN reviewed boolean NOT NULL DEFAULT false")
    op.execute("""
        ALTER TABLE reminder
            ADD COLUMN drafts_day date,           -- on which drafts were last sent one by one
            ADD COLUMN drafts_told integer,       -- how many on that day
            ADD COLUMN drafts_since timestamptz   -- since when some wait for the card that holds them all
    """)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
