"""The doctor names what an admin has to set up, and sends nothing to anybody to find it out."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import World

TO_PERSON = "/v1.0/robot/oToMessages/batchSend"
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


async def test_a_well_configured_app_has_nothing_to_cure(joined: Joined, world: World) -> None:
    """Every finding is well, and nothing was sent to anybody to learn that."""
    async with joined() as platform:
        findings = await platform.diagnose()
    assert [one.what for one in findings if not one.ok] == []
    assert world.posts == {}


async def test_wrong_credentials_are_the_one_finding(settings: Settings) -> None:
    """Without them there is nothing else to ask; where to find them is said."""
    platform = DingTalk(replace(settings, client_secret="wrong"))
    (finding,) = await platform.diagnose()
    await platform.aclose()
    assert not finding.ok
    assert "Client Secret" in finding.cure
    assert "wrong" not in finding.cure


async def test_each_missing_permission_is_named(joined: Joined, simulator: DingTalkSimulator) -> None:
    """With the scope that the platform asks for, and where to grant it."""
    scopes = {TO_PERSON: "qyapi_robot_sendmsg", "/v1.0/card/instances": "Card.Instance.Write"}
    simulator.faults.denied.update({path: (scope,) for path, scope in scopes.items()})
    async with joined() as platform:
        findings = [one for one in await platform.diagnose() if not one.ok]
    assert [scope in one.cure for one, scope in zip(findings, scopes.values(), strict=True)] == [True, True]
    assert all("权限管理" in one.cure for one in findings)


async def test_a_scope_named_only_in_the_message_is_found(joined: Joined, simulator: DingTalkSimulator) -> None:
    """Older answers carry it in brackets within a sentence."""
    code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    async with joined() as platform:
        simulator.fail_next(
            TO_PERSON, 403, {"code": code, "message": "应用尚未开通所需的权限：[a.Read, b.Write]，请申请"}
        )
        findings = [one for one in await platform.diagnose() if not one.ok]
    assert "a.Read, b.Write" in findings[0].cure


async def test_a_template_that_is_refused_is_named(joined: Joined) -> None:
    """Cards are text until there is another."""
    async with joined(card_template="not-ours.schema") as platform:
        findings = [one for one in await platform.diagnose() if not one.ok]
    assert [one.what for one in findings] == ["DingTalk: buttons card"]
