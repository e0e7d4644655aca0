"""What an owner has forgotten, as marks under their key, so that no reading of a chat or of a file brings it back."""

from alembic import op

revision = "0250"
down_revision = "0230"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE forgotten (
    owner text NOT NULL,
    mark bytea NOT NULL,                  -- a message's id, or its day and a digest of its words, blinded
    chat text NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,                -- the same, so that it can come under another key
    PRIMARY KEY (owner, mark)
);
ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY;
ALTER TABLE forgotten FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON forgotten USING (owner = current_setting('fenshen.owner', true));
"""


def upgrade() -> None:
    """What was forgotten before is not known any more: no word of it and no id is there."""
    op.execute(TABLE)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
