"""Pages: what an owner said about one thing, as places in their passages; no word stands here a second time."""

from alembic import op

revision = "0080"
down_revision = "0100"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE page (
    owner text NOT NULL,
    id text NOT NULL,                     -- short enough to be typed
    chat text NOT NULL,                   -- the one source of all its lines
    birth bigint NOT NULL,                -- and since when it is one
    kind text NOT NULL CHECK (kind IN ('howto', 'decision', 'facts', 'answers')),
    version integer NOT NULL,             -- the one that stands
    PRIMARY KEY (owner, id)
);
CREATE TABLE page_version (
    owner text NOT NULL,
    page text NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    why text NOT NULL CHECK (why IN ('built', 'grown', 'used', 'withheld', 'shared', 'titled', 'pinned', 'unpinned',
                                     'dropped', 'merged', 'into', 'back', 'corrected')),
    state text NOT NULL CHECK (state IN ('new', 'active', 'withheld', 'merged')),
    pinned boolean NOT NULL,
    absorbed text[] NOT NULL,             -- the pages that were merged into it
    PRIMARY KEY (owner, page, version),
    FOREIGN KEY (owner, page) REFERENCES page ON DELETE CASCADE
);
CREATE TABLE page_line (
    owner text NOT NULL,
    page text NOT NULL,
    version integer NOT NULL,
    line integer NOT NULL,                -- 0: the title
    passage uuid NOT NULL,                -- whose words it is
    starts integer,                       -- of a title: from which character to which
    ends integer,
    PRIMARY KEY (owner, page, version, line),
    FOREIGN KEY (owner, page, version) REFERENCES page_version ON DELETE CASCADE,
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX page_line_by ON page_line (owner, passage);
CREATE TABLE page_seen (                  -- passages that were looked at, whether they came to a page or not
    owner text NOT NULL,
    passage uuid NOT NULL,
    PRIMARY KEY (owner, passage),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX message_title ON message (owner) WHERE source = 'title';
ALTER TABLE withheld DROP CONSTRAINT withheld_kind_check;
ALTER TABLE withheld ADD CONSTRAINT withheld_kind_check CHECK (kind IN ('topic', 'message', 'answer', 'page'));
"""


def upgrade() -> None:
    """Create the tables behind row-level security; a line goes with its passage, in every version at once."""
    op.execute(TABLES)
    for table in ("page", "page_version", "page_line", "page_seen"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_setting('fenshen.owner', true))")


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
