"""The same decision by Cedar: what owners consent to can only `permit`, what admins say can only `forbid`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import cedarpy

from skills.decision import ANSWERING, Standing, Use
from skills.scopes import Ceiling, ScopeDocument, is_default
from skills.words import BUILT_IN, HANDOVER, Mode
from tests.store.worlds import NOW, World

OWNER = """
permit (principal, action, resource) when {
    context.consent.lets.contains(context.wish) && context.passage.chat == context.consent.chat &&
    context.passage.birth == context.consent.birth && context.passage.at >= context.consent.since &&
    context.passage.at < context.consent.until && context.now < context.consent.until &&
    (!(context.consent has words) || context.consent.words.containsAny(context.passage.says)) &&
    ((context.direct && context.asker == context.consent.owner && !(context.consent has handed)) ||
     (context.consent has here && !context.direct && context.chat == context.consent.chat) ||
     (context.consent has chats &&
      (!(context.consent has quota) || context.had < context.consent.quota ||
       context.asker == context.consent.owner) &&
      (context.consent.chats.contains(context.chat) || (BELONG_CONSENT) ||
       (context.direct && context.consent.people.contains(context.asker)))))
};
"""
ADMIN = """
forbid (principal, action, resource) when { context has LIMIT && context.LIMIT.level == "withheld" };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has mode && context.LIMIT.mode == "review" && context.mode == "auto" &&
    !(context.direct && context.asker == context.consent.owner) };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT.level == "outline" && context.wish != "see" };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT.words == "quotes" && context.wish == "rephrase" };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has end &&
    (context.now >= context.LIMIT.end || context.passage.at >= context.LIMIT.end) };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has quota && context.asker != context.consent.owner &&
    context.had >= context.LIMIT.quota };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has since && context.passage.at < context.LIMIT.since };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has only && !context.LIMIT.only.containsAny(context.passage.says) };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has sources && !(context.LIMIT.sources.contains(context.passage.chat)) };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has chats && !(context.direct && context.asker == context.consent.owner) &&
    !context.LIMIT.chats.contains(context.chat) && !(BELONG_LIMIT) &&
    !(context.direct && context.LIMIT.people.contains(context.asker)) };
forbid (principal, action, resource) when {
    context has LIMIT && context.LIMIT has closed && context.LIMIT.closed };
"""
REVIEW = """
forbid (principal, action, resource) when {
    context.mode == "auto" && context.consent.review && !(context.direct && context.asker == context.consent.owner) };
forbid (principal, action, resource) when {
    context.mode == "review" && (context.asker == context.consent.owner ||
     !(context.consent.review || (context has one && context.one.mode == "review") ||
       (context has two && context.two.mode == "review") ||
       (context has agreed && context.agreed has mode && context.agreed.mode == "review"))) };
"""
HANDED = """
forbid (principal, action, resource) when {
    context.consent has handed &&
    (context.consent.review || (context has one && context.one has mode && context.one.mode == "review") ||
     (context has two && context.two has mode && context.two.mode == "review") ||
     (context has agreed && context.agreed has mode && context.agreed.mode == "review")) };
"""
HOUSE = """
forbid (principal, action, resource) when { context has gone };
forbid (principal, action, resource) when { context.house.forbidden.contains(context.consent.chat) };
forbid (principal, action, resource) when {
    context.house.halted.contains(context.consent.owner) || context.house.halted.contains("*") };
"""
LIMITS = ("one", "two", "agreed")
READERS = ("first", "second", "third")  # Cedar has no word for "each of them"


def _belong(side: str) -> str:
    """That each reader belongs to one of these departments."""
    each = (f"(!(context has {n}) || context.{n}.containsAny(context.{side}.departments))" for n in READERS)
    return f"context has first && {' && '.join(each)}"


POLICIES = cedarpy.PolicySet.from_str(
    OWNER.replace("BELONG_CONSENT", _belong("consent"))
    + REVIEW
    + HANDED
    + "".join(ADMIN.replace("BELONG_LIMIT", _belong("LIMIT")).replace("LIMIT", name) for name in LIMITS)
    + HOUSE
)
NO_ENTITIES = cedarpy.Entities.from_json_str("[]")


def decide(worlds: Sequence[World], mode: Mode = "auto") -> dict[int, Use | None]:
    """What Cedar lets the readers have of each passage; each consent is asked by itself, with what limits it.

    Of those to another chat's words one is asked, in each fourth world: it costs as much as all the rest.
    """
    asked = [
        (world.number, _context(world, standing) | {"mode": mode}) for world in worlds for standing in _asked(world)
    ]
    allowed: dict[str, set[int]] = {}
    for wish in ("see", "quote", "rephrase"):  # whoever may not see may do nothing else
        asked = _allowed(asked, wish)
        allowed[wish] = {number for number, _ in asked}
    return {world.number: _use(world.number, allowed) for world in worlds}


def _asked(world: World) -> Sequence[Standing]:
    own = [standing for standing in world.standings if standing.chat == world.kept.chat]
    others = [standing for standing in world.standings if standing.chat != world.kept.chat]
    return own + others[: world.number % 4 == 0]


def _use(number: int, allowed: dict[str, set[int]]) -> Use | None:
    if number not in allowed["see"]:
        return None
    level = "full" if number in allowed["quote"] else "outline"
    return Use("full" if level == "full" else "outline", "model" if number in allowed["rephrase"] else "quotes")


def _allowed(asked: Sequence[tuple[int, Any]], wish: str) -> list[tuple[int, Any]]:
    one = {"principal": 'Reader::"r"', "action": 'Action::"read"', "resource": 'Passage::"p"'}
    requests = [one | {"context": context | {"wish": wish}} for _, context in asked]
    found = cedarpy.is_authorized_batch(requests, POLICIES, NO_ENTITIES)
    return [each for each, result in zip(asked, found, strict=True) if result.allowed]


def _context(world: World, given: Standing) -> dict[str, Any]:
    kept, reading = world.kept, world.reading
    passage = {"chat": kept.chat, "birth": kept.birth, "at": _seconds(kept.at), "says": sorted(kept.says)}
    asks = {"asker": reading.asker, "chat": reading.venue.chat, "direct": reading.venue.direct, "had": reading.had}
    context = {**asks, "passage": passage, "now": _seconds(reading.now), "consent": _consent(given)}
    if given.scope not in (*BUILT_IN, *world.documents):
        context["gone"] = True
    context["house"] = {"forbidden": sorted(world.house.forbidden), "halted": sorted(world.house.halted)}
    context |= {name: sorted(one) for name, one in zip(READERS, reading.venue.within, strict=False)}
    context["agreed"] = _ceiling(given, world.house.agreed)
    return context | dict(zip(LIMITS, _limits(world, given), strict=False))


def _consent(given: Standing) -> dict[str, Any]:
    """One box, as its owner gave it."""
    lets = [
        "see",
        *(
            []
            if given.outline
            else ["quote", *(["rephrase"] if given.speech == "model" and given.scope != HANDOVER else [])]
        ),
    ]
    box: dict[str, Any] = {"owner": given.owner, "chat": given.chat, "birth": given.birth}
    box["lets"] = [] if given.withheld or given.kind not in ANSWERING else lets
    box["review"] = given.review
    box |= {"since": _seconds(given.since), "until": _seconds(given.until)}
    if given.audience == "chat":
        box["here"] = True
    if given.scope == HANDOVER:
        box |= {"handed": True, "chats": [], "people": sorted(given.people), "departments": []}
    elif given.audience == "scope":
        box |= {"chats": sorted(given.chats), "people": sorted(given.people)}
        box["departments"] = sorted(given.departments)
    if given.words is not None:
        box["words"] = sorted(given.words)
    return box if given.quota is None else box | {"quota": given.quota}


def _limits(world: World, given: Standing) -> Iterable[dict[str, Any]]:
    """What admins say of it: every ceiling over the chat, or the scope's own document."""
    for name, document in world.documents.items():
        if given.scope in BUILT_IN and is_default(name) and given.chat in document.sources.chats:
            audience = document.audience
            closed = bool(audience.chats or audience.people) and given.chat not in audience.chats
            yield _ceiling(given, document.ceiling) | {"closed": closed or bool(document.sources.words)}
        elif name == given.scope:
            yield _ceiling(given, document.ceiling) | _sides(given, document)


def _ceiling(given: Standing, most: Ceiling) -> dict[str, Any]:
    end = None if most.days is None else _seconds(given.at + timedelta(days=most.days))
    limits = {"level": most.level, "mode": most.mode, "words": most.words, "end": end, "quota": most.quota}
    return {name: value for name, value in limits.items() if value is not None}


def _sides(given: Standing, document: ScopeDocument) -> dict[str, Any]:
    sources, audience = document.sources, document.audience
    chats, people = given.chats & set(audience.chats), given.people & set(audience.people)
    sides: dict[str, Any] = {"sources": list(sources.chats), "chats": sorted(chats), "people": sorted(people)}
    sides["departments"] = sorted(given.departments & set(audience.departments))
    if sources.words:
        sides["only"] = sorted(set(sources.words) & (given.words or set()))
    return sides if sources.since is None else sides | {"since": _seconds(sources.since)}


def _seconds(at: datetime) -> int:
    return int((at - NOW).total_seconds())
