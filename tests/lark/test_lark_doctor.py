"""The doctor for Lark: what an admin still has to set up, found without sending anything."""

from datetime import UTC, datetime
from typing import Any

from adapters.base import (
    Button,
    Card,
)
from adapters.lark.client import Lark
from adapters.lark.settings import Credentials, Timings
from adapters.lark.simulator import LarkSimulator

OPS, ANA, BO = "lark:cli_a1:oc_ops", "lark:cli_a1:ou_ana", "lark:cli_a1:ou_bo"
CARD = Card("Title", "the answer", label="AI 分身", answer="A7F3C2", buttons=(Button("good", "👍", {"answer": "A7"}),))
HASTY = Timings(first_retry=0.01, tries=2)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_the_doctor_finds_a_sound_app_well(company: Any, inbox: Any) -> None:
    """With everything granted and the connection up, nothing is to be done but look at what cannot be asked."""
    async with company.listening(inbox) as lark:
        findings = await lark.diagnose()
    assert all(f.ok for f in findings)
    assert [f.what for f in findings if f.cure] == ["events (to be looked at)", "card callback (to be looked at)"]
    assert company.simulator.world.posts == {}


async def test_the_doctor_probes_where_scopes_cannot_be_listed(lark: Lark, simulator: LarkSimulator) -> None:
    """Without the list of scopes, a refused request still names its scope."""
    simulator.faults.fail_next("/application/v6/scopes", 400, {"code": 99991672, "msg": "Access denied."})
    simulator.faults.denied.add("im:chat:read")
    assert "scope im:chat:read" in [f.what for f in await lark.diagnose() if not f.ok]


async def test_the_doctor_tells_a_wrong_secret_from_a_dead_network(company: Any) -> None:
    """The first thing that is wrong is what is said."""
    company.simulator.tenant.app_id = "cli_doctor"
    wrong = await Lark(Credentials("cli_doctor", "wrong", company.url)).diagnose()
    dead = await Lark(Credentials("cli_doctor", "s", "http://127.0.0.1:9"), HASTY).diagnose()
    assert [(f.what, f.ok) for f in wrong] == [("credentials", False)]
    assert [(f.what, f.ok) for f in dead] == [("platform reachable", False)]


async def test_the_doctor_names_what_is_missing(lark: Lark, simulator: LarkSimulator) -> None:
    """A missing permission and a missing connection are named, each with where to mend it."""
    simulator.faults.denied |= {"im:message.group_msg", "im:chat.members:read"}
    bad = {f.what: f.cure for f in await lark.diagnose() if not f.ok}
    assert set(bad) == {"scope im:message.group_msg", "scope im:chat.members:read", "long connection"}
    assert all("Developer console" in cure or "developer console" in cure for cure in bad.values())
