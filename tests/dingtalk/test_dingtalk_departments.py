"""Promises of departments on DingTalk: one question for each person in ten minutes, and nobody known by guess."""

from collections import deque
from dataclasses import replace

import pytest

from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import Department, World
from tests.dingtalk.conftest import Joined

PATH = "/topapi/v2/department/listparentbyuser"
WEI, LI = "dingtalk:demo:staff_wei", "dingtalk:demo:staff_li"
ROOT = "dingtalk:demo:1"


@pytest.fixture(autouse=True)
def company_of_departments(world: World) -> None:
    """Web under dev; Wei in web and ops, Li right under the root."""
    for one in (Department("20", "研发"), Department("21", "前端", "20"), Department("30", "运维")):
        world.departments[one.id] = one
    world.people["staff_wei"] = replace(world.people["staff_wei"], departments=("21", "30"))


def asked(simulator: DingTalkSimulator) -> int:
    """How often it was asked who belongs where."""
    return sum(path == PATH for _, path in simulator.door.requests)


async def test_whom_the_company_does_not_know_belongs_nowhere(joined: Joined) -> None:
    """Neither does anybody without an id."""
    async with joined() as platform:
        assert await platform.departments(["dingtalk:demo:nobody", "dingtalk:demo:"]) == {}
        assert await platform.department_name("dingtalk:demo:99") == ""


async def test_without_the_permission_nobody_belongs_anywhere_and_the_doctor_names_it(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """Not asked again for an hour; names are another permission, and told."""
    for path in (PATH, "/topapi/v2/department/get"):
        simulator.faults.denied[path] = ("qyapi_get_department_list",)
    async with joined() as platform:
        assert [await platform.departments([who]) for who in (WEI, LI)] == [{}, {}]
        assert asked(simulator) == 1
        assert await platform.person_name(LI, "dingtalk:demo:cidOps==") == "李娜"
        findings = {one.what: one for one in await platform.diagnose()}
    assert "qyapi_get_department_list" in findings["DingTalk: departments"].cure


async def test_a_directory_that_is_away_tells_nothing_and_is_asked_again(
    joined: Joined, simulator: DingTalkSimulator
) -> None:
    """A failure of the moment is no refusal."""
    simulator.faults.next[PATH] = deque([(503, {})])
    async with joined() as platform:
        assert [await platform.departments([LI]) for _ in range(2)] == [{}, {LI: {ROOT}}]


async def test_people_belong_to_their_departments_and_to_all_above(
    joined: Joined, simulator: DingTalkSimulator, world: World, settings: Settings
) -> None:
    """Several, nested, and the company itself; who moves is believed where they were for a few minutes."""
    ids = {f"dingtalk:demo:{one}" for one in ("1", "20", "21", "30")}
    async with joined() as kept, joined(timings=replace(settings.timings, departments=0)) as fresh:
        for platform in (kept, fresh):
            assert await platform.departments([WEI, LI]) == {WEI: ids, LI: {ROOT}}
        assert await kept.department_name("dingtalk:demo:21") == "前端"
        world.people["staff_wei"] = replace(world.people["staff_wei"], departments=())
        before = asked(simulator)
        assert (await kept.departments([WEI]))[WEI] == ids
        assert asked(simulator) == before
        assert (await fresh.departments([WEI]))[WEI] == {ROOT}
