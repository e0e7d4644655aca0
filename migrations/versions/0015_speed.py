"""What a search needs, where it looks: postings that know when and under what they were said, and sums by days."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

POSTING = """
ALTER TABLE posting
    ADD COLUMN at timestamptz,            -- of its passage
    ADD COLUMN length integer,            -- likewise
    ADD COLUMN hold bigint;               -- one number for the passage's chat and birth
ALTER TABLE posting NO FORCE ROW LEVEL SECURITY;
ALTER TABLE passage NO FORCE ROW LEVEL SECURITY;
UPDATE posting SET at = p.at, length = p.length, hold = hashtextextended(p.chat, p.birth)
FROM passage AS p WHERE p.owner = posting.owner AND p.id = posting.passage;
ALTER TABLE posting
    DROP CONSTRAINT posting_pkey,
    ALTER COLUMN at SET NOT NULL, ALTER COLUMN length SET NOT NULL, ALTER COLUMN hold SET NOT NULL,
    ADD PRIMARY KEY (owner, term, passage) INCLUDE (tf, at, length, hold);
ALTER TABLE posting FORCE ROW LEVEL SECURITY;
"""
TALLY = """
CREATE TABLE tally (                      -- kept by the triggers below, which see every passage come and go
    owner text NOT NULL,
    chat text NOT NULL,
    birth bigint NOT NULL,
    day timestamptz NOT NULL,             -- its first moment, UTC
    n bigint NOT NULL,                    -- passages that can be recalled
    length bigint NOT NULL,               -- of them together, in terms
    PRIMARY KEY (owner, chat, birth, day)
);
INSERT INTO tally
SELECT owner, chat, birth, date_trunc('day', at, 'UTC'), count(*), sum(length)
FROM passage WHERE length > 0 GROUP BY 1, 2, 3, 4;
ALTER TABLE passage FORCE ROW LEVEL SECURITY;
ALTER TABLE tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE tally FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON tally USING (owner = current_setting('fenshen.owner', true));
CREATE FUNCTION tally_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally AS so_far
    SELECT owner, chat, birth, date_trunc('day', at, 'UTC'), count(*), sum(length)
    FROM come WHERE length > 0 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (owner, chat, birth, day)
    DO UPDATE SET n = so_far.n + excluded.n, length = so_far.length + excluded.length;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_less() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tally SET n = tally.n - less.n, length = tally.length - less.length
    FROM (
        SELECT owner, chat, birth, date_trunc('day', at, 'UTC') AS day, count(*) AS n, sum(length) AS length
        FROM gone WHERE length > 0 GROUP BY 1, 2, 3, 4
    ) AS less
    WHERE (tally.owner, tally.chat, tally.birth, tally.day) = (less.owner, less.chat, less.birth, less.day);
    DELETE FROM tally USING (SELECT DISTINCT owner, chat, birth FROM gone) AS less
    WHERE (tally.owner, tally.chat, tally.birth) = (less.owner, less.chat, less.birth) AND n <= 0;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_more AFTER INSERT ON passage
    REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION tally_more();
CREATE TRIGGER tally_less AFTER DELETE ON passage
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION tally_less();
"""


def upgrade() -> None:
    """Fill the new columns and sums from what is there."""
    op.execute(POSTING)
    op.execute(TALLY)


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
