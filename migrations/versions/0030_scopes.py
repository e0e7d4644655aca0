"""Scopes that owners join by name: each consent event with all its sides, and the words of scopes, blinded."""

from alembic import op

revision = "0030"
down_revision = "0050"
branch_labels = None
depends_on = None

EVENTS = """
ALTER TABLE consent_event
    ADD COLUMN chats text[],              -- of a scope that was joined by name: the chats whose readers may have it
    ADD COLUMN people text[],             -- who may have it alone with the bot
    ADD COLUMN words text[],              -- of which a passage must say one; NULL: any passage
    ADD COLUMN speech text CHECK (speech IN ('quotes', 'model')),
    ADD COLUMN quota integer,             -- answers to one asker in a day; NULL: as many as of any double
    DROP CONSTRAINT consent_event_kind_check,
    ADD CONSTRAINT consent_event_kind_check CHECK (
        kind IN ('given', 'look_back', 'narrowed', 'paused', 'withdrawn', 'departed', 'expired')
    );
CREATE INDEX consent_event_scope ON consent_event (owner, chat, scope, seq DESC);
DROP INDEX consent_event_state;
CREATE INDEX consent_event_name ON consent_event (scope, owner);
ALTER TABLE citation ADD COLUMN level text CHECK (level IN ('full', 'outline'));  -- NULL: its answer's
"""
WORDS = """
CREATE TABLE scope_word (                 -- so that passages which say a word are found without reading them
    owner text NOT NULL,
    word text NOT NULL,                   -- as the admin wrote it
    key_id text NOT NULL,
    terms bytea[] NOT NULL,               -- blinded under that key, as the postings of its passages are
    PRIMARY KEY (owner, word, key_id)
);
ALTER TABLE scope_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE scope_word FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON scope_word USING (owner = current_setting('fenshen.owner', true));
"""


def upgrade() -> None:
    """Nothing is rewritten: what was consented to so far is to the built-in scope."""
    op.execute(EVENTS)
    op.execute(WORDS)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
