"""Lines that a model wrote on pages: sealed, each citing passages, and gone with the first of them that goes."""

from alembic import op

revision = "0140"
down_revision = "0131"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE page_written (
    owner text NOT NULL,
    id uuid NOT NULL,
    page text NOT NULL,                   -- for which it was written
    part text NOT NULL CHECK (part IN ('situation', 'options', 'choice', 'reason', 'when', 'step', 'pitfall',
                                       'fact', 'owner', 'answer')),
    provider text NOT NULL,               -- whose model wrote it
    key_id text NOT NULL,
    sealed bytea NOT NULL,                -- what it says, under the owner's key
    PRIMARY KEY (owner, id),
    FOREIGN KEY (owner, page) REFERENCES page ON DELETE CASCADE
);
CREATE TABLE page_cite (
    owner text NOT NULL,
    written uuid NOT NULL,
    passage uuid NOT NULL,                -- in which it stands
    PRIMARY KEY (owner, written, passage),
    FOREIGN KEY (owner, written) REFERENCES page_written ON DELETE CASCADE,
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX page_cite_of ON page_cite (owner, passage);
CREATE TABLE page_told (                  -- on which versions it stands
    owner text NOT NULL,
    page text NOT NULL,
    version integer NOT NULL,
    line integer NOT NULL,
    written uuid NOT NULL,
    PRIMARY KEY (owner, page, version, line),
    FOREIGN KEY (owner, page, version) REFERENCES page_version ON DELETE CASCADE,
    FOREIGN KEY (owner, written) REFERENCES page_written ON DELETE CASCADE
);
CREATE INDEX page_told_of ON page_told (owner, written);
CREATE TABLE page_read (                  -- passages that a model was given for pages, whatever came of it
    owner text NOT NULL,
    passage uuid NOT NULL,
    PRIMARY KEY (owner, passage),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE TABLE page_spent (                 -- what that has cost, for the owner's eyes
    owner text PRIMARY KEY,
    provider text NOT NULL,
    calls integer NOT NULL,
    tokens_in bigint NOT NULL,
    tokens_out bigint NOT NULL
);
ALTER TABLE page_version DROP CONSTRAINT page_version_why_check;
ALTER TABLE page_version ADD CONSTRAINT page_version_why_check CHECK (why IN (
    'built', 'grown', 'used', 'withheld', 'shared', 'titled', 'pinned', 'unpinned', 'dropped', 'merged', 'into', 'back',
    'corrected', 'written'));
"""
# a line goes with the first passage of it that goes, whatever deleted that
GONE = """
CREATE FUNCTION page_cite_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM page_written WHERE owner = OLD.owner AND id = OLD.written;
    RETURN NULL;
END $$;
CREATE TRIGGER page_cite_gone AFTER DELETE ON page_cite FOR EACH ROW EXECUTE FUNCTION page_cite_gone();
"""


def upgrade() -> None:
    """Create the tables behind row-level security; of what a model wrote nothing but sealed words is stored."""
    op.execute(TABLES)
    op.execute(GONE)
    for table in ("page_written", "page_cite", "page_told", "page_read", "page_spent"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
