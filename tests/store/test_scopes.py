"""Admins set ceilings, version by version; they narrow at once, and can neither widen nor opt anyone in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import ProgrammingError

from skills.admins import Signed
from skills.ordering import PutScope
from skills.scopes import BadScope, Ceiling, ScopeDocument, Sources

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO = "lark:t:ou_ana", "lark:t:ou_bo"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"


@pytest.mark.parametrize("name", ["", "Default", "a b", "-x", "x" * 65, "名字", "a/b"])
async def test_a_bad_name_is_refused(company: "Company", name: str) -> None:
    """Names are what a URL path can hold."""
    with pytest.raises(BadScope):
        await company.ceiling(name)


@pytest.mark.parametrize("days", [0, -1, 181])
async def test_days_out_of_bounds_are_refused(company: "Company", days: int) -> None:
    """From one day to half a year."""
    with pytest.raises(BadScope):
        await company.ceiling("default", days=days)
    assert await company.store.scopes() == []


@pytest.mark.parametrize("quota", [0, 21])
async def test_a_quota_out_of_bounds_is_refused(company: "Company", quota: int) -> None:
    """Nobody is answered more than twenty times a day anyway."""
    with pytest.raises(BadScope):
        await company.ceiling("pay-to-dev", quota=quota)


async def test_a_time_without_a_zone_is_refused(company: "Company") -> None:
    """Nobody could say which moment it means; with one, it comes back as it was sent."""
    naive = Sources((OPS,), since=datetime(2026, 1, 1))  # noqa: DTZ001
    beyond = Sources((OPS,), since=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))))
    for sources in (naive, beyond):  # in UTC that is a year that cannot be read back
        with pytest.raises(BadScope):
            await company.store.put_scope("pay-to-dev", ScopeDocument(sources), "ada")
    whole = ScopeDocument(Sources((OPS,), since=datetime(2026, 1, 1, tzinfo=UTC)), ceiling=Ceiling(quota=3))
    await company.store.put_scope("pay-to-dev", whole, "ada")
    found = await company.store.scope("pay-to-dev")
    assert found is not None
    assert found.document == whole


async def test_an_unknown_scope_is_none_and_cannot_be_deleted(company: "Company") -> None:
    """Absence is None."""
    assert await company.store.scope("default") is None
    assert not await company.store.delete_scope("default", "ada")


async def test_every_change_is_a_new_version(company: "Company") -> None:
    """Nothing is overwritten; a deleted scope that comes back goes on counting."""
    document = ScopeDocument(Sources((OPS,)), ceiling=Ceiling(level="outline", days=30))
    first = await company.store.put_scope("default-ops", document, "ada")
    assert (first.version, first.by, first.at, first.document) == (1, "ada", company.now, document)
    assert await company.store.scope("default-ops") == first
    assert await company.store.delete_scope("default-ops", "ada")
    assert await company.store.scope("default-ops") is None
    assert (await company.ceiling("default-ops")).version == 3
    assert [scope.name for scope in await company.store.scopes()] == ["default-ops"]
    with pytest.raises(ProgrammingError, match="permission denied"):
        await company.rows("DELETE FROM scope")


@pytest.mark.parametrize(
    "ceiling", [{"level": "withheld"}, {"chats": (OPS,), "mode": "review"}, {"days": 1}, {"audience": (DEV,)}]
)
async def test_a_ceiling_acts_on_the_next_question(company: "Company", ceiling: dict[str, Any]) -> None:
    """Withheld, review, days gone by, an audience without this chat: not answered, until it is lifted."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    company.later(days=2)
    await company.ceiling("default-x", **ceiling)
    assert await company.find(ANA, BO, "rollback") == []
    await company.store.delete_scope("default-x", "ada")
    assert await company.find(ANA, BO, "rollback") == ["rollback the gateway"]


async def test_ceilings_apply_together(company: "Company") -> None:
    """A generous one takes nothing back from a strict one."""
    await company.join(ANA)
    await company.say(ANA, "rollback the gateway")
    await company.ceiling("default-a", level="withheld")
    await company.ceiling("default-b", level="full", days=180)
    await company.ceiling("default")
    assert await company.grant(ANA, BO) is None


async def test_a_ceiling_over_another_chat_or_another_scope_changes_nothing(company: "Company") -> None:
    """It reaches what it names: grants elsewhere stay as they are."""
    await company.join(ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.ceiling("default-dev", chats=(DEV,), level="withheld")
    assert await company.store.holds(grant)
    await company.ceiling("payments", level="withheld")
    assert await company.grant(ANA, BO) is not None


async def test_a_change_makes_the_grants_it_touches_stale(company: "Company") -> None:
    """Those under the old version as well as those under the new one."""
    await company.join(ANA)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.ceiling("default-ops", chats=(OPS,))
    assert not await company.store.holds(grant)
    grant = await company.grant(ANA, BO)
    assert grant is not None
    await company.ceiling("default-ops", chats=(DEV,))
    assert not await company.store.holds(grant)


async def test_an_unknown_token_is_nobodys(company: "Company") -> None:
    """Neither one never made nor one replaced."""
    assert await company.store.token("fenshen_x") is None
    old = await company.store.create_token("ada")
    new = await company.store.create_token("ada")
    assert await company.store.token(old) is None
    found = await company.store.token(new)
    assert found is not None
    assert found.name == "ada"


async def test_a_token_is_stored_as_a_hash_only(company: "Company") -> None:
    """Who reads the database cannot act as an admin."""
    token = await company.store.create_token("ada")
    await company.store.adopt_token("demo", "a-given-token")
    assert await company.store.token("a-given-token") is not None
    seen = company.everything()
    for secret in (token, "a-given-token"):
        assert secret not in seen
        assert secret.encode().hex() not in seen


async def test_an_event_is_forgotten_after_a_month(company: "Company") -> None:
    """Not before: what comes again within it gets its first answer."""
    await company.store.order(Signed("evt_1", b"d", "secret-1"), "scope.put", PutScope("payments", ScopeDocument()))
    company.later(days=30)
    await company.store.prune()
    assert len(await company.rows("SELECT 1 FROM admin_event")) == 1
    company.later(seconds=1)
    await company.store.prune()
    assert await company.rows("SELECT 1 FROM admin_event") == []
