"""The store's tables: consent, sealed words, answers, the ledger; row-level security on all that holds words."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CONSENT = """
CREATE TABLE owner (
    owner text PRIMARY KEY,
    epoch bigint NOT NULL,
    key_id text,                          -- the key that seals what comes next; NULL: nothing may be recorded
    name bytea,                           -- sealed under key_id
    ledger_seq bigint NOT NULL DEFAULT 0,
    ledger_head bytea NOT NULL
);
CREATE TABLE owner_key (
    owner text NOT NULL,
    key_id text NOT NULL UNIQUE,
    minted_at timestamptz NOT NULL,
    retired_epoch bigint,                 -- the epoch that ended its use
    destroyed_at timestamptz,
    PRIMARY KEY (owner, key_id)
);
CREATE TABLE consent_event (
    owner text NOT NULL,
    seq bigint NOT NULL,
    id text NOT NULL UNIQUE,              -- of its receipt, short enough to be shown
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('given', 'look_back', 'withdrawn', 'departed', 'expired')),
    scope text NOT NULL,
    scope_version bigint NOT NULL,
    chat text NOT NULL,
    audience text NOT NULL,
    level text NOT NULL,
    mode text NOT NULL,
    birth bigint NOT NULL,                -- the epoch in which it began; words recorded under it carry it too
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    notice text NOT NULL,
    notice_sha256 text NOT NULL,
    language text NOT NULL,
    offer text,
    key_id text,
    sealed bytea,                         -- what a scope says in words
    PRIMARY KEY (owner, seq)
);
CREATE INDEX consent_event_state ON consent_event (owner, chat, seq DESC);
CREATE INDEX consent_event_chat ON consent_event (chat, owner);
CREATE TABLE offer (
    id text PRIMARY KEY,
    person text NOT NULL,
    chat text NOT NULL,
    language text NOT NULL,
    at timestamptz NOT NULL,
    taken boolean NOT NULL DEFAULT false
);
CREATE INDEX offer_person ON offer (person, at DESC);
CREATE TABLE scope (
    name text NOT NULL,
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    deleted boolean NOT NULL,
    document jsonb NOT NULL,
    PRIMARY KEY (name, version)
);
"""

WORDS = """
CREATE TABLE passage (
    owner text NOT NULL,
    id uuid NOT NULL,
    chat text NOT NULL,
    thread text,
    birth bigint NOT NULL,
    at timestamptz NOT NULL,
    length integer NOT NULL,              -- in terms; 0: chatter, never recalled
    key_id text NOT NULL,                 -- also of its postings
    PRIMARY KEY (owner, id)
);
CREATE INDEX passage_covered ON passage (owner, chat, birth, at) INCLUDE (length);
CREATE INDEX passage_key ON passage (owner, key_id);
CREATE TABLE message (
    owner text NOT NULL,
    chat text NOT NULL,
    message text NOT NULL,
    birth bigint NOT NULL,
    passage uuid NOT NULL,
    n integer NOT NULL,                   -- its place in the passage
    at timestamptz NOT NULL,
    source text NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (owner, chat, message, birth),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX message_passage ON message (owner, passage, n);
CREATE TABLE posting (
    owner text NOT NULL,
    term bytea NOT NULL,                  -- blinded under the passage's key
    passage uuid NOT NULL,
    tf integer NOT NULL,
    PRIMARY KEY (owner, term, passage) INCLUDE (tf),
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX posting_passage ON posting (owner, passage);
"""

ANSWERS = """
CREATE TABLE answer (
    owner text NOT NULL,
    id text NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    asker text NOT NULL,
    chat text NOT NULL,
    direct boolean NOT NULL,
    level text NOT NULL,
    epoch bigint NOT NULL,
    passages integer NOT NULL,            -- how many it cites
    retracted_at timestamptz,
    question_key_id text,                 -- the asker's own key, never the owner's
    question bytea,
    PRIMARY KEY (owner, id)
);
CREATE TABLE citation (
    owner text NOT NULL,
    answer text NOT NULL,
    n integer NOT NULL,
    passage uuid NOT NULL,
    PRIMARY KEY (owner, answer, n),
    FOREIGN KEY (owner, answer) REFERENCES answer ON DELETE CASCADE,
    FOREIGN KEY (owner, passage) REFERENCES passage ON DELETE CASCADE
);
CREATE INDEX citation_passage ON citation (owner, passage);
CREATE TABLE credit (
    owner text NOT NULL,
    answer text NOT NULL,
    value smallint NOT NULL CHECK (value IN (1, -1)),
    at timestamptz NOT NULL,
    PRIMARY KEY (owner, answer, value),
    FOREIGN KEY (owner, answer) REFERENCES answer ON DELETE CASCADE
);
CREATE TABLE place (
    answer text PRIMARY KEY,
    owner text NOT NULL,
    platform text,
    chat text,
    message text
);
CREATE INDEX place_message ON place (chat, message);
CREATE TABLE ledger (
    owner text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    commit bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (owner, seq)
);
CREATE TABLE ledger_payload (
    owner text NOT NULL,
    seq bigint NOT NULL,
    chat text,                            -- what it is about, so that leaving one chat can empty it
    salt bytea NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (owner, seq),
    FOREIGN KEY (owner, seq) REFERENCES ledger
);
"""

REST = """
CREATE TABLE erasure (
    owner text NOT NULL,
    id text NOT NULL UNIQUE,
    chat text,                            -- NULL: everything
    epoch bigint NOT NULL,
    stopped_at timestamptz NOT NULL,
    key_destroyed_at timestamptz,
    erased_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}',
    residue integer,
    probe jsonb,                          -- SHA-256 of samples, until the probe is done
    receipt jsonb,                        -- the card that tells of it
    PRIMARY KEY (owner, id)
);
CREATE TABLE claim (
    platform text NOT NULL,
    key text NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (platform, key)
);
CREATE INDEX claim_until ON claim (until);
CREATE TABLE slot (
    slot text PRIMARY KEY,
    about text,
    platform text NOT NULL,
    chat text NOT NULL,
    message text NOT NULL,
    editable boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX slot_about ON slot (about);
CREATE TABLE import_code (
    person text PRIMARY KEY,
    sha256 bytea NOT NULL,
    until timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0
);
CREATE TABLE admin_token (
    name text PRIMARY KEY,
    sha256 bytea NOT NULL UNIQUE,
    at timestamptz NOT NULL
);
"""

PRIVATE = ["passage", "message", "posting", "answer", "citation", "credit", "ledger", "ledger_payload"]
UNCHANGING = ["consent_event", "scope", "ledger"]


def upgrade() -> None:
    """Create the tables, then the two locks: whose rows can be seen, and which rows can never be changed."""
    for part in (CONSENT, WORDS, ANSWERS, REST):
        op.execute(part)
    for table in PRIVATE:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {table} USING (owner = current_setting('fenshen.owner', true))")
    for table in UNCHANGING:
        op.execute(f"COMMENT ON TABLE {table} IS 'append-only'")


def downgrade() -> None:
    """There is no way back: dropping consent and words is a decision for people, not for a migration."""
    raise NotImplementedError
