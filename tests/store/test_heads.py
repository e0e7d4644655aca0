"""The signed head over all ledgers: whatever is cut off, left out or rewritten after it was published is found."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import ProgrammingError

from skills.heads import HEAD, Flaw
from skills.signing import is_signed_by

if TYPE_CHECKING:
    from tests.store.conftest import Company

ANA, BO, CY = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:ou_cy"
OPS, DEV = "lark:t:oc_ops", "lark:t:oc_dev"


async def key(company: "Company") -> str:
    """The house's public key."""
    return b64encode(await company.store.public_key()).decode()


async def audit(company: "Company", kept: dict[str, Any] | None = None) -> list[Flaw]:
    """What is found wrong."""
    return list(await company.store.audit(await key(company), kept))


async def published(company: "Company") -> dict[str, Any]:
    """Two owners with three and one entries, under one head, which is returned."""
    await company.join(ANA, OPS)
    await company.join(ANA, DEV, back=90)
    await company.join(BO, OPS)
    head = await company.store.publish_head()
    assert head is not None
    return head


def tamper(company: "Company", *statements: str) -> None:
    """Do something to the rows that nobody may."""
    tables = ("ledger", "ledger_payload")
    company.alter(*(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in tables), *statements)


GONE = "DELETE FROM ledger_payload WHERE {0}; DELETE FROM ledger WHERE {0}"
CUT = GONE.format(f"owner = '{ANA}' AND seq > 1")
WHOLE = GONE.format(f"owner = '{ANA}'")
FORGED_OWNER = f"UPDATE owner SET ledger_seq = 1, ledger_head = (SELECT hash FROM ledger WHERE owner = '{ANA}')"


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (f"UPDATE ledger SET kind = 'x' WHERE owner = '{ANA}' AND seq = 2", [Flaw("entry", 2, ANA)]),
        (f"UPDATE ledger_payload SET sealed = '\\x01' WHERE owner = '{ANA}' AND seq = 3", [Flaw("entry", 3, ANA)]),
        (GONE.format(f"owner = '{ANA}' AND seq = 2"), [Flaw("entry", 2, ANA)]),
        (
            f"INSERT INTO ledger SELECT owner, 4, at, kind, commit, hash FROM ledger WHERE owner = '{ANA}' AND seq = 3",
            [Flaw("entry", 4, ANA)],
        ),
        (CUT, [Flaw("entry", 2, ANA)]),
        (f"{CUT}; {FORGED_OWNER} WHERE owner = '{ANA}'", [Flaw("entry", 2, ANA)]),
        (
            f"{WHOLE}; DELETE FROM owner WHERE owner = '{ANA}'",
            [Flaw("entry", 1, ANA)],
        ),
        (
            f"{WHOLE}; DELETE FROM owner WHERE owner = '{ANA}'; DELETE FROM ledger_leaf WHERE owner = '{ANA}'",
            [Flaw("head", 1)],
        ),
        (f"INSERT INTO ledger_leaf VALUES ('{CY}', 1, 1, sha256('x'))", [Flaw("head", 1), Flaw("entry", 1, CY)]),
        (f"INSERT INTO ledger_leaf VALUES ('{BO}', 2, 1, sha256('x'))", [Flaw("head", 2), Flaw("entry", 1, BO)]),
        ("UPDATE ledger_head SET at = at + interval '1 second'", [Flaw("head", 1)]),
        ("UPDATE ledger_head SET document = document || '{\"more\": 1}'", [Flaw("head", 1)]),
        ("DELETE FROM ledger_head", [Flaw("head", 1)]),
    ],
)
async def test_tampering_after_a_head_is_found(company: "Company", tampering: str, found: list[Flaw]) -> None:
    """Changed, removed, inserted, cut off, a whole chain taken away, or the head itself: by owner and number."""
    await published(company)
    assert await audit(company) == []
    tamper(company, *tampering.split("; "))
    assert await audit(company) == found


async def test_a_chain_rewritten_with_its_heads_contradicts_the_head_that_was_kept(company: "Company") -> None:
    """Whoever holds the tables and even the key can write another history, but not the one that was published."""
    kept = await published(company)
    assert await audit(company, kept) == []
    whole = WHOLE.split("; ")
    owners = [f"DELETE FROM {table} WHERE owner = '{ANA}'" for table in ("owner", "ledger_leaf")]
    tamper(company, *whole, *owners, "DELETE FROM ledger_head", f"UPDATE ledger_leaf SET seq = 0 WHERE owner = '{BO}'")
    tamper(company, "DELETE FROM ledger_leaf")
    again = await company.store.publish_head()
    assert again is not None
    assert await audit(company) == []
    assert await audit(company, kept) == [Flaw("kept", 1)]


@pytest.mark.parametrize("kept", [{}, {"number": "x"}, {"number": 1, "proof": {}}, {"number": None}])
async def test_a_kept_head_that_nobody_signed_is_no_proof(company: "Company", kept: dict[str, Any]) -> None:
    """Whatever the file says, it is a flaw and no failure."""
    await published(company)
    assert [flaw.what for flaw in await audit(company, kept)] == ["kept"]


async def test_another_key_signed_none_of_it(company: "Company") -> None:
    """By any other public key no head holds."""
    await published(company)
    other = b64encode(bytes(32)).decode()
    assert list(await company.store.audit(other)) == [Flaw("head", 1)]


async def test_heads_stay_true_after_any_erasure(company: "Company") -> None:
    """Leaving in part and leaving for good take the content, and no entry."""
    kept = await published(company)
    await company.say(ANA, "支付回滚先停网关")
    for chat in (DEV, None):
        left = await company.leave(ANA, chat)
        assert left is not None
        await company.store.erase(left.id)
        company.later(days=2)
        await company.store.publish_head()
    assert await company.rows("SELECT 1 FROM ledger_payload", ANA) == []
    assert await audit(company, kept) == []


async def test_a_head_is_signed_at_most_daily_and_only_for_something_new(company: "Company") -> None:
    """Nothing written, none; within a day the same; without a new entry the same; each names the one before."""
    assert await company.store.publish_head() is None
    assert await company.store.ledger_head() is None
    first = await published(company)
    assert is_signed_by(first, await key(company), HEAD)
    assert not is_signed_by(first, await key(company))
    await company.join(CY, OPS)
    assert await company.store.publish_head() == first
    company.later(days=1)
    second = await company.store.publish_head()
    assert second is not None
    assert (second["number"], second["previous"] == first["previous"]) == (2, False)
    company.now += timedelta(days=1)
    assert await company.store.publish_head() == second == await company.store.ledger_head()
    assert await audit(company, first) == await audit(company, second) == []


async def test_a_head_tells_of_nobody_and_counts_nobody(company: "Company") -> None:
    """Hashes, a number and a date."""
    head = await published(company)
    assert sorted(head) == ["at", "number", "previous", "proof", "root", "schema_version"]
    assert not any(person.rpartition("_")[2] in json.dumps(head) for person in (ANA, BO))


async def test_the_serving_login_can_neither_change_nor_remove_a_head(company: "Company") -> None:
    """Append-only, as the entries under it."""
    await published(company)
    for table in ("ledger_head", "ledger_leaf"):
        for statement in (f"UPDATE {table} SET number = 9", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                await company.rows(statement)
