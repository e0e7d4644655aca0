"""The decision as a pure function, and its agreement with the predicate that stands in the SQL."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from skills import tables as t
from skills.decision import Kept, Reading, Standing, ends, holds, learns, used
from skills.permission import covering, sql_learns
from skills.standings import standings
from skills.words import Level, Venue

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
GIVEN = Standing(ANA, OPS, "given", "chat", 1, NOW, NOW, NOW + timedelta(days=90))
HERE, THERE, ALONE = Venue(OPS, False), Venue(DEV, False), Venue("lark:t:oc_p2p", True)


def level(standing: Standing, *, asker: str, venue: Venue, now: datetime) -> Level | None:
    """How much of what a consent holds these readers may have."""
    use = used(standing, Reading(asker, venue, now))
    return None if use is None else use.level


def covers(standing: Standing, *, chat: str, birth: int, at: datetime) -> bool:
    """Whether a consent holds a passage."""
    return holds(standing, Kept(chat, birth, at))


def test_without_a_live_consent_nothing_is_allowed() -> None:
    """Deny by default: withdrawn, departed and expired say no to everybody, the owner included."""
    for kind in ("withdrawn", "departed", "expired"):
        ended = replace(GIVEN, kind=kind)
        assert level(ended, asker=BO, venue=HERE, now=NOW) is None
        assert level(ended, asker=ANA, venue=ALONE, now=NOW) is None
        assert not learns(ended, at=NOW, now=NOW)


def test_words_of_a_chat_are_read_there_or_by_their_owner_alone() -> None:
    """The one box of the default scope."""
    assert level(GIVEN, asker=BO, venue=HERE, now=NOW) == "full"
    assert level(GIVEN, asker=ANA, venue=ALONE, now=NOW) == "full"
    assert level(GIVEN, asker=BO, venue=THERE, now=NOW) is None
    assert level(GIVEN, asker=BO, venue=ALONE, now=NOW) is None
    assert level(GIVEN, asker=BO, venue=replace(HERE, direct=True), now=NOW) is None
    only_me = replace(GIVEN, audience="me")
    assert level(only_me, asker=BO, venue=HERE, now=NOW) is None
    assert level(only_me, asker=ANA, venue=HERE, now=NOW) is None
    assert level(only_me, asker=ANA, venue=ALONE, now=NOW) == "full"


def test_a_consent_is_half_open() -> None:
    """It begins with its first moment and ends before its last."""
    moment = timedelta(microseconds=1)
    over = ends(GIVEN)
    assert learns(GIVEN, at=NOW, now=NOW)
    assert not learns(GIVEN, at=NOW - moment, now=NOW)
    assert not learns(GIVEN, at=over, now=NOW)
    assert level(GIVEN, asker=BO, venue=HERE, now=over - moment) == "full"
    assert level(GIVEN, asker=BO, venue=HERE, now=over) is None
    assert covers(GIVEN, chat=OPS, birth=1, at=NOW)
    assert not covers(GIVEN, chat=OPS, birth=1, at=NOW - moment)
    assert not covers(GIVEN, chat=OPS, birth=1, at=over)


def test_a_passage_belongs_to_one_consent() -> None:
    """Another chat's words, or those of a consent withdrawn since, are not covered."""
    assert not covers(GIVEN, chat=DEV, birth=1, at=NOW)
    assert not covers(GIVEN, chat=OPS, birth=2, at=NOW)


def test_a_ceiling_can_only_narrow() -> None:
    """Withheld and review are silence, outline hides the text, days come early; none of them allows anything."""
    assert level(replace(GIVEN, withheld=True), asker=ANA, venue=ALONE, now=NOW) is None
    assert level(replace(GIVEN, review=True), asker=BO, venue=HERE, now=NOW) is None
    assert level(replace(GIVEN, outline=True), asker=BO, venue=HERE, now=NOW) == "outline"
    assert ends(replace(GIVEN, days=10)) == NOW + timedelta(days=10)
    assert ends(replace(GIVEN, days=180)) == GIVEN.until
    assert not learns(replace(GIVEN, withheld=True), at=NOW, now=NOW)


async def test_the_function_and_the_sql_agree_on_random_worlds(company: "Company") -> None:
    """Thousands of decisions over random events and ceilings, boundaries included, are the same in both."""
    dice = random.Random(20260301)
    allowed = total = 0
    for _ in range(25):
        worlds = await _draw(company, dice)
        for _ in range(10):
            asker, now = dice.choice([ANA, BO]), NOW + timedelta(days=dice.choice([0, 1, 5, 10, 30]))
            venue = Venue(dice.choice([OPS, DEV]), dice.random() < 0.3)
            for owner in (ANA, BO):
                mine = [s for s in worlds if s.owner == owner]
                expected = {(s.chat, level(s, asker=asker, venue=venue, now=now)) for s in mine}
                readable = covering(owner, asker=asker, venue=venue, now=now, epoch=None)
                found = {(row.chat, row.level) for row in await _run(company, readable)}
                assert found == {pair for pair in expected if pair[1] is not None}
                total, allowed = total + len(mine), allowed + len(found)
            at = NOW + timedelta(days=dice.choice([-1, 0, 1, 5]))
            standing = standings()
            taught = select(standing.c.owner, standing.c.chat).where(sql_learns(standing, at=at, now=now))
            found = {tuple(row) for row in await _run(company, taught)}
            assert found == {(s.owner, s.chat) for s in worlds if learns(s, at=at, now=now)}
    assert allowed > total / 20


async def _run(company: "Company", statement: Any) -> list[Any]:
    async with company.database.transaction() as connection:
        return list(await connection.execute(statement))


async def _draw(company: "Company", dice: random.Random) -> list[Standing]:
    """Add an event to each (owner, chat) and versions to some ceilings; returns how all stand, by the plain rules."""
    worlds, events = [], []
    for owner in (ANA, BO):
        for chat in (OPS, DEV):
            since, days = NOW + timedelta(days=dice.choice([-5, 0, 1])), dice.choice([1, 5, 10, 30])
            kind = dice.choice(["given", "given", "look_back", "given", "withdrawn", "departed"])
            audience = dice.choice(["chat", "chat", "me"])
            worlds.append(Standing(owner, chat, kind, audience, 1, NOW, since, NOW + timedelta(days=days)))  # type: ignore[arg-type]
            events.append(worlds[-1])
    names = [f"default-{n}" for n in range(3)] + ["default", "other"]
    ceilings = {name: _ceiling(dice) for name in dice.sample(names, 2)}
    async with company.database.transaction() as connection:
        await connection.execute(t.owner.delete())
        for owner in (ANA, BO):
            await connection.execute(insert(t.owner).values(owner=owner, epoch=1, ledger_seq=0, ledger_head=b""))
        for n, s in enumerate(events):
            await connection.execute(insert(t.consent_event).values(await _event(connection, s, n)))
        for name in names:
            last = select(t.scope).where(t.scope.c.name == name)
            version = len((await connection.execute(last)).all()) + 1
            row = {"version": version, "at": NOW, "by": "ada", "deleted": name not in ceilings}
            document = ceilings.get(name, _ceiling(dice))
            await connection.execute(insert(t.scope).values(name=name, document=document, **row))
    applied = [c for name, c in ceilings.items() if name != "other"]
    return [_under(s, [c for c in applied if s.chat in (c["sources"]["chats"] or [s.chat])]) for s in worlds]


def _ceiling(dice: random.Random) -> dict[str, Any]:
    sources = {"chats": dice.choice([[], [OPS], [DEV]]), "words": dice.choice([[]] * 9 + [["pay"]])}
    audience = {"chats": dice.choice([[]] * 6 + [[OPS]]), "people": dice.choice([[]] * 9 + [[BO]]), "departments": []}
    ceiling = {
        "level": dice.choice(["full"] * 5 + ["outline", "withheld"]),
        "mode": dice.choice(["auto"] * 6 + ["review"]),
        "words": "quotes",
        "days": dice.choice([None, None, 5, 10]),
    }
    return {"sources": sources, "audience": audience, "ceiling": ceiling}


def _under(standing: Standing, ceilings: list[dict[str, Any]]) -> Standing:
    """The plain rules of ceilings, taken together."""
    limits = [c["ceiling"] for c in ceilings]
    closed = [c for c in ceilings if any(c["audience"].values()) and standing.chat not in c["audience"]["chats"]]
    days = [limit["days"] for limit in limits if limit["days"] is not None]
    worded = any(c["sources"]["words"] for c in ceilings)
    return replace(
        standing,
        withheld=bool(closed) or worded or any(limit["level"] == "withheld" for limit in limits),
        review=any(limit["mode"] == "review" for limit in limits),
        outline=any(limit["level"] == "outline" for limit in limits),
        days=min(days, default=None),
    )


async def _event(connection: Any, s: Standing, n: int) -> dict[str, Any]:
    last = select(t.consent_event.c.seq).where(t.consent_event.c.owner == s.owner)
    seq = max((await connection.execute(last)).scalars(), default=0) + 1
    said = {"owner": s.owner, "chat": s.chat, "kind": s.kind, "audience": s.audience, "birth": s.birth, "at": s.at}
    more = {"since": s.since, "until": s.until, "seq": seq, "id": json.dumps([s.owner, seq, n])}
    fixed = {"scope": "default", "scope_version": 0, "level": "full", "mode": "auto", "language": "zh"}
    return {**said, **more, **fixed, "notice": "1", "notice_sha256": "ab"}
