"""Promises of departments on Lark: what the directory tells now, with all above; of whoever it does not, nothing."""

from dataclasses import replace

import pytest

from adapters.lark.client import Lark
from adapters.lark.settings import Timings
from adapters.lark.simulator import LarkSimulator
from adapters.world import Department, Person, World
from tests.lark.conftest import QUICK, Company

APP = "lark:cli_a1"
ANA, BO = f"{APP}:ou_ana", f"{APP}:ou_bo"
ROOT = f"{APP}:0"


@pytest.fixture(autouse=True)
def company_of_departments(world: World) -> None:
    """Web under dev; Ana in web and ops, Bo right under the root."""
    for one in (Department("od-dev", "研发"), Department("od-web", "前端", "od-dev"), Department("od-ops", "运维")):
        world.departments[one.id] = one
    world.people["ou_ana"] = replace(world.people["ou_ana"], departments=("od-web", "od-ops"))


async def test_whoever_is_not_told_of_belongs_nowhere(lark: Lark, simulator: LarkSimulator) -> None:
    """A stranger, one who left, and everybody where a permission is missing."""
    simulator.tenant.departed.add("ou_chen")
    assert await lark.departments([f"{APP}:ou_none", f"{APP}:ou_chen"]) == {}


@pytest.mark.parametrize(
    "scope",
    ["contact:user.department:readonly", "contact:department.organize:readonly", "contact:user.base:readonly"],
)
async def test_without_a_permission_nobody_belongs_anywhere(lark: Lark, simulator: LarkSimulator, scope: str) -> None:
    """Neither does anybody while only half of it is told; and the doctor names it."""
    simulator.faults.denied.add(scope)
    assert ANA not in await lark.departments([ANA])
    assert any(f"scope {scope}" in finding.what for finding in await lark.diagnose() if finding.cure)


async def test_people_belong_to_their_departments_and_to_all_above(lark: Lark) -> None:
    """Several, nested, and the company itself."""
    found = await lark.departments([ANA, BO])
    assert found == {ANA: {f"{APP}:od-web", f"{APP}:od-dev", f"{APP}:od-ops", ROOT}, BO: {ROOT}}
    assert await lark.department_name(f"{APP}:od-web") == "前端"
    assert await lark.department_name(f"{APP}:od-none") == ""


async def test_many_people_and_deep_departments_are_told_page_by_page(lark: Lark, world: World) -> None:
    """Whoever is on a later page belongs as well."""
    for n in range(60):
        world.departments[f"od-{n}"] = Department(f"od-{n}", f"N{n}", f"od-{n - 1}" if n else None)
    crowd = [f"ou_{n}" for n in range(120)]
    world.people |= {who: Person(who, who, departments=("od-59",)) for who in crowd}
    found = await lark.departments([f"{APP}:{who}" for who in crowd])
    assert len(found) == 120
    assert all(len(departments) == 61 for departments in found.values())


async def test_who_moves_is_believed_where_they_were_for_a_few_minutes(company: Company, world: World) -> None:
    """The same is not asked twice meanwhile; a client that believes nothing sees it at once."""
    kept, fresh = Lark(company.credentials()), Lark(company.credentials(), replace(QUICK, departments=0))
    for lark in (kept, fresh):
        assert f"{APP}:od-web" in (await lark.departments([ANA]))[ANA]
    world.people["ou_ana"] = replace(world.people["ou_ana"], departments=())
    before = len(company.simulator.tenant.requests)
    assert f"{APP}:od-web" in (await kept.departments([ANA]))[ANA]
    assert len(company.simulator.tenant.requests) == before
    assert (await fresh.departments([ANA]))[ANA] == {ROOT}
    assert Timings().departments <= 600
    for lark in (kept, fresh):
        await lark.aclose()
