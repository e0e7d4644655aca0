"""What an owner said in one go, though in several messages: shown together, each still itself and cited as itself."""

import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Select, and_, any_, bindparam, exists, literal, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from skills import recall
from skills import tables as t
from skills.permission import OWNER, given, opened, picked, sql_covers
from skills.terms import terms
from skills.vault import Vault
from skills.withheld import ASKER, shared
from skills.words import Grant, Mode, Passage

SOON = timedelta(seconds=45)  # within which whoever goes on writing mostly goes on with the same
LATER = timedelta(minutes=3)  # the same, where the words themselves show that they go on
EACH_WAY = 4  # messages looked at before and after one, chatter among them
WIDEST = 400  # of what is shown together, in half-width characters: about five lines on a phone
_UNFINISHED = re.compile(r"[:：,，、;；…]\s*$")
_CONTINUING = re.compile(
    r"^\s*(?:\d{1,2}\s*[.、)）:：]|[-*•·]|[①-⑩]|第[一二三四五六七八九十]|然后|接着|最后|另外|还有|其次|再|"
    r"(?:then|and|also|finally|next|but)\b)",
    re.I,
)
_DENYING = re.compile(
    r"\s*(?:(?:no(?! (?:problem|worries|rush))|nope|never(?! ?mind)|not yet|don['’]?t)\b"
    r"|不(?!客气|好意思|用谢|谢)|没(?!事|问题|毛病|关系)|否|别(?!客气))",
    re.I,
)


async def joined(
    connection: AsyncConnection, vault: Vault, grant: Grant, ids: Sequence[str], now: datetime
) -> Mapping[str, Sequence[Passage]]:
    """For each passage what was said in one go with it, itself included, in the order in which it was said.

    All of one chat and thread, and all that the grant covers now; a passage that it does not cover is left out.
    """
    wanted = [uuid.UUID(id_) for id_ in ids]
    rows = await connection.execute(_around(grant.venue.direct, grant.mode), given(grant, now) | {"ids": wanted})
    found = await recall.unsealed(vault, rows.all())
    shown = [words.passage for words in found if not words.outline and not words.kept and _tells(words.passage.text)]
    by_id = {passage.id: passage for passage in shown}
    return {id_: _run(by_id[id_], shown) for id_ in ids if id_ in by_id}


def _tells(text: str) -> bool:
    """No mere chatter; "no" is none right after what it denies, though nobody finds it by itself."""
    return bool(_DENYING.match(text) or terms(text))


def _run(hit: Passage, around: Sequence[Passage]) -> Sequence[Passage]:
    """The hit and what belongs to it: the nearest first, as long as it fits on a screen."""
    same = [p for p in around if (p.chat, p.thread) == (hit.chat, hit.thread) and p.text]
    line = sorted(same, key=lambda p: (p.at, p.id))
    first = last = next(n for n, p in enumerate(line) if p.id == hit.id)
    room = WIDEST - _width(hit.text)
    while True:
        before = line[first - 1] if first > 0 and together(line[first - 1], line[first]) else None
        after = line[last + 1] if last + 1 < len(line) and together(line[last], line[last + 1]) else None
        if before is None and after is None:
            break
        back = after is None or (before is not None and line[first].at - before.at < after.at - line[last].at)
        room -= _width((before if back else after).text)  # type: ignore[union-attr]
        if room < 0:
            break
        first, last = (first - 1, last) if back else (first, last + 1)
    return line[first : last + 1]


class _Timed(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def together(one: _Timed, other: _Timed) -> bool:
    """Whether the second was said in one go with the first, right after it."""
    goes_on = _UNFINISHED.search(one.text) or _CONTINUING.match(other.text)
    # what has the very same time, as lines of a file may, is in no order that could be shown
    return timedelta() < other.at - one.at <= (LATER if goes_on else SOON)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@cache  # building a statement costs more than running it
def _around(direct: bool, mode: Mode) -> Select[Any]:
    readable, p, owner = opened(direct, mode).cte("covering"), t.passage.c, OWNER
    cited = picked(owner, p.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    hits = select(*(cited.c[name] for name in ("id", "chat", "thread", "birth", "at")))
    hit = hits.join(readable, sql_covers(readable, cited)).cte("hit")
    near = t.passage.alias("near")
    n = near.c
    same = and_(n.owner == owner, n.chat == hit.c.chat, n.birth == hit.c.birth)
    # asked of each before they are counted: what may not be read takes nobody's place
    same = and_(same, exists().where(sql_covers(readable, near)), shared(n.owner, n.id, asker=ASKER, direct=direct))
    thread = n.thread.is_not_distinct_from(hit.c.thread)
    reach = LATER * EACH_WAY
    earlier = select(n.id).where(same, thread, n.at < hit.c.at, n.at >= hit.c.at - reach)
    later = select(n.id).where(same, thread, n.at > hit.c.at, n.at <= hit.c.at + reach)
    before = earlier.order_by(n.at.desc()).limit(EACH_WAY).lateral("before")
    after = later.order_by(n.at).limit(EACH_WAY).lateral("after")
    beside = (select(side.c.id).select_from(hit.join(side, literal(True))) for side in (before, after))
    ids = union(select(hit.c.id), *beside).subquery("around")
    all_ = picked(owner, p.id.in_(select(ids.c.id)), "beside")
    top = recall.readable_once(readable, all_).where(shared(all_.c.owner, all_.c.id, asker=ASKER, direct=direct))
    return recall.with_words(owner, top)
