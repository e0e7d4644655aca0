"""How many passages may be read and how long they are, added up by days rather than one by one."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from skills import tables as t
from skills.permission import OWNER, sql_covers
from skills.tables import erasure
from skills.withheld import ASKER, reached

DAY = timedelta(days=1)
_NEVER = cast("{}", TSTZMULTIRANGE)


def boxes(readable: CTE) -> CTE:
    """The consents that let somebody read, as postings know them: by one number for chat and birth.

    `cut`: the times whose words are being erased, of which the postings are still there; NULL: none, as most often.
    """
    hold = func.hashtextextended(readable.c.chat, cast(readable.c.birth, BigInteger))
    others = (readable.c[name] for name in ("owner", "since", "ends", "seq", "words"))
    e = erasure.c
    cut = select(func.range_agg(func.tstzrange(e.since, e.until))).where(_under_way(readable.c.chat))
    return select(hold.label("hold"), *others, cut.scalar_subquery().label("cut")).cte("box")


def spans(boxes: CTE) -> CTE:
    """The times within boxes, whatever their words, each once and without what is being erased, one row for a hold.

    `gaps`: whether something between `since` and `ends` is in none of them; then `times` says what is.
    """
    b = boxes.c
    within = func.range_agg(func.tstzrange(b.since, b.ends)).op("-")(func.coalesce(b.cut, _NEVER))
    each = select(b.hold, within.label("times")).where(b.since < b.ends).group_by(b.hold, b.cut).cte("span")
    times, (since, ends) = each.c.times, (func.lower(each.c.times), func.upper(each.c.times))
    gaps = func.tstzmultirange(func.range_merge(times)) != times
    some = select(each.c.hold, times, since.label("since"), ends.label("ends"), gaps.label("gaps"))
    return some.where(~func.isempty(times)).cte("times").prefix_with("MATERIALIZED")


def _under_way(chat: ColumnElement[str]) -> ColumnElement[bool]:
    """Of the owner's erasures those of some days that have not been proved yet."""
    e = erasure.c
    return and_(e.owner == OWNER, e.since.is_not(None), e.erased_at.is_(None), or_(e.chat.is_(None), e.chat == chat))


def permitted(readable: CTE, direct: bool) -> CTE:
    """`n` and mean `length` of exactly what `readable` covers.

    Days that one consent covers whole were added up when they were recorded; on the others each passage is looked at.
    """
    d = t.tally.c
    same = and_(readable.c.chat == d.chat, readable.c.birth == d.birth)
    unlimited = and_(same, readable.c.words.is_(None))
    whole = exists().where(unlimited, readable.c.since <= d.day, readable.c.ends >= d.day + DAY)
    cut = exists().where(_under_way(d.chat), erasure.c.since < d.day + DAY, erasure.c.until > d.day)
    touched = exists().where(same, readable.c.since < d.day + DAY, readable.c.ends > d.day)
    day = select(d.chat, d.birth, d.day, d.n, d.length, and_(whole, ~cut).label("whole"))
    days = day.where(d.owner == OWNER, touched).cte("day")
    counted = select(days.c.n, days.c.length).where(days.c.whole)
    there = select(func.count().label("n"), func.sum(t.passage.c.length).label("length"))
    there = there.select_from(days).join(t.passage, _said_on(days)).where(~days.c.whole)
    there = there.where(t.passage.c.length > 0, exists().where(sql_covers(readable)))
    all_ = union_all(counted, there, _kept_back(readable, direct)).subquery("part")
    n = func.coalesce(func.sum(all_.c.n), 0).cast(BigInteger)
    return select(n.label("n"), (func.sum(all_.c.length) / func.nullif(n, 0)).label("length")).cte("size")


def _kept_back(readable: CTE, direct: bool) -> Select[int, Any]:
    """What an owner keeps to themselves is taken off again: the sums by days know nothing of it."""
    p, w = t.passage.c, reached.c
    kept = p.id.in_(select(w.passage).where(w.owner == OWNER))
    others = ASKER != OWNER if direct else true()  # alone with the bot, an owner is asked nothing less
    less = select((-func.count()).label("n"), (-func.sum(p.length)).label("length")).select_from(t.passage)
    return less.where(p.owner == OWNER, p.length > 0, kept, others, exists().where(sql_covers(readable)))


def _said_on(days: CTE) -> ColumnElement[bool]:
    p = t.passage.c
    mine = and_(p.owner == OWNER, p.chat == days.c.chat, p.birth == days.c.birth)
    return and_(mine, p.at >= days.c.day, p.at < days.c.day + DAY)
