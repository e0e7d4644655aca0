"""The simulated DingTalk is as strict as the real one, and shows what its people would see."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from adapters.base import Address, Button, Card, Event, Platform, Reaction
from adapters.dingtalk.client import DingTalk
from adapters.dingtalk.settings import AI_MARKDOWN, Settings
from adapters.dingtalk.simulator import DingTalkSimulator
from adapters.world import BOT, Simulator, World

OPS = "cidOps=="
GROUP = Address(chat=f"dingtalk:demo:{OPS}")
CARDS = "/v1.0/card/instances"
Joined = Callable[..., AbstractAsyncContextManager[DingTalk]]


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The platform's REST interface, with a valid token."""
    async with httpx.AsyncClient(base_url=settings.endpoint, verify=False) as client:
        secret = {"appKey": settings.client_id, "appSecret": settings.client_secret}
        token = (await client.post("/v1.0/oauth2/accessToken", json=secret)).json()["accessToken"]
        client.headers["x-acs-dingtalk-access-token"] = token
        yield client


def instance(track: str = "card1", **changes: Any) -> dict[str, Any]:
    """A card into the group."""
    return {
        "cardTemplateId": AI_MARKDOWN,
        "outTrackId": track,
        "callbackType": "STREAM",
        "cardData": {"cardParamMap": {"msgTitle": "标题", "msgContent": "a\\*b", "flowStatus": "2"}},
        "openSpaceId": f"dtv1.card//IM_GROUP.{OPS}",
        "imGroupOpenDeliverModel": {"robotCode": "dingapp"},
        **changes,
    }


async def test_a_wrong_secret_is_refused(api: httpx.AsyncClient) -> None:
    """No token, and no ticket."""
    wrong = {"clientId": "dingapp", "clientSecret": "x", "subscriptions": [{"type": "EVENT"}], "ua": "u"}
    refused = await api.post("/v1.0/gateway/connections/open", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (401, "authFailed")
    assert (await api.post("/v1.0/oauth2/accessToken", json={"appKey": "dingapp"})).status_code == 400


async def test_a_request_without_a_valid_token_is_refused(api: httpx.AsyncClient, simulator: DingTalkSimulator) -> None:
    """Also with one that was valid."""
    simulator.revoke_tokens()
    assert (await api.post(CARDS, json=instance())).json()["code"] == "InvalidAuthentication"


async def test_a_ticket_opens_one_socket(api: httpx.AsyncClient, settings: Settings) -> None:
    """Not two, and none without."""
    body = {"clientId": "dingapp", "clientSecret": "app-secret", "subscriptions": [{"type": "EVENT"}], "ua": "u"}
    given = (await api.post("/v1.0/gateway/connections/open", json=body)).json()
    url = f"{given['endpoint']}?ticket={given['ticket'].replace('+', '%2B')}"
    async with connect(url):
        for refused in (url, given["endpoint"]):
            with pytest.raises(InvalidStatus):
                await connect(refused)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"cardData": {"cardParamMap": {"n": 7}}}, 400),
        ({"cardTemplateId": "other.schema"}, 400),
        ({"cardTemplateId": None}, 400),
        ({"outTrackId": ""}, 400),
        ({"openSpaceId": "dtv1.card//ELSEWHERE.x"}, 400),
        ({"imGroupOpenDeliverModel": None}, 400),
        ({"cardData": "x"}, 400),
    ],
)
async def test_a_malformed_card_is_refused(
    api: httpx.AsyncClient, world: World, changes: dict[str, Any], status: int
) -> None:
    """Variables that are no text, templates nobody may use, spaces that are none."""
    answer = await api.post(f"{CARDS}/createAndDeliver", json=instance(**changes))
    assert answer.status_code == status
    assert world.posts == {}


async def test_a_card_that_could_not_be_delivered_is_still_http_200(api: httpx.AsyncClient, world: World) -> None:
    """As on the platform: the results say it."""
    for place in ("IM_GROUP.cidGone", "IM_GROUP.cid_staff_wei"):
        body = instance(place, openSpaceId=f"dtv1.card//{place}")
        answer = (await api.post(f"{CARDS}/createAndDeliver", json=body)).json()
        assert answer["result"]["deliverResults"][0]["success"] is False
    assert world.posts == {}


async def test_a_card_is_created_delivered_and_updated_by_its_keys(api: httpx.AsyncClient, world: World) -> None:
    """One post, once, with what a reader sees; an update leaves what it does not name."""
    assert (await api.post(CARDS, json=instance())).status_code == 200
    assert world.posts == {}
    for _ in range(2):
        await api.post(f"{CARDS}/deliver", json=instance())
    assert [post.text for post in world.read(OPS)] == ["标题\na*b"]
    change = {"cardData": {"cardParamMap": {"msgTitle": "新"}}, "cardUpdateOptions": {"updateCardDataByKey": True}}
    await api.put(CARDS, json={"outTrackId": "card1", **change})
    assert [(post.text, post.edited) for post in world.read(OPS)] == [("新\na*b", True)]
    unknown = await api.put(CARDS, json={"outTrackId": "card9", **change})
    assert unknown.status_code == 404


async def test_streaming_is_strict(api: httpx.AsyncClient, world: World) -> None:
    """A new guid each time, only while the card is being written, and never after its end."""
    await api.post(f"{CARDS}/createAndDeliver", json=instance())
    text = {"outTrackId": "card1", "key": "msgContent", "isFull": True, "isFinalize": False, "isError": False}
    tries = [("1", "一", False), ("1", "x", False), ("2", 7, False), ("3", "一二", True), ("4", "x", True)]
    answers = []
    for guid, content, final in tries:
        body = {**text, "guid": guid, "content": content, "isFinalize": final}
        answers.append((await api.put("/v1.0/card/streaming", json=body)).status_code)
    assert answers == [200, 400, 400, 200, 400]
    assert [post.text for post in world.read(OPS)] == ["标题\n一二"]
    await api.post(f"{CARDS}/createAndDeliver", json=instance("done", cardData={"cardParamMap": {"flowStatus": "3"}}))
    late = await api.put("/v1.0/card/streaming", json={**text, "outTrackId": "done", "guid": "9", "content": "x"})
    assert late.status_code == 400


async def test_the_card_interface_has_a_limit_per_second(api: httpx.AsyncClient, simulator: DingTalkSimulator) -> None:
    """Beyond it the platform says QpsLimit."""
    simulator.faults.per_second = 2
    codes = [(await api.post(CARDS, json=instance())).status_code for _ in range(3)]
    assert codes == [200, 200, 403]


async def test_a_session_webhook_fails_with_http_200(
    api: httpx.AsyncClient, simulator: DingTalkSimulator, world: World
) -> None:
    """Unknown, too long, or without a title: only `errcode` tells."""
    session = simulator.robot.session(OPS)
    markdown = {"msgtype": "markdown", "markdown": {"title": "t", "text": "x"}}
    bodies = [("gone", markdown), (session, {"msgtype": "text", "text": {"content": "x" * 20_000}})]
    bodies += [(session, {"msgtype": "markdown", "markdown": {"title": "", "text": "x"}}), (session, markdown)]
    answers = [await api.post("/robot/sendBySession", params={"session": one}, json=body) for one, body in bodies]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json()["errcode"] for answer in answers] == [300001, 460101, 40035, 0]
    assert [post.text for post in world.read(OPS)] == ["x"]


async def test_a_person_can_be_looked_up(api: httpx.AsyncClient) -> None:
    """By the older interface, with the token in the address."""
    token = {"access_token": api.headers["x-acs-dingtalk-access-token"]}
    found = await api.post("/topapi/v2/user/get", params=token, json={"userid": "staff_ana"})
    assert found.json()["result"]["name"] == "Ana"
    assert (await api.post("/topapi/v2/user/get", params=token, json={"userid": "x"})).json()["errcode"] == 60121
    assert (await api.post("/topapi/v2/user/get", json={"userid": "staff_ana"})).json()["errcode"] == 40014


async def test_a_card_has_no_button_but_its_own(joined: Joined, simulator: DingTalkSimulator, world: World) -> None:
    """Another action, a link, a message that is no card: nothing to tap."""
    async with joined() as platform:
        link = Button("read", "全文", url="https://example.com/n")
        sent = await platform.send(GROUP, Card("t", "x", buttons=(link, Button("ask", "问", {"q": "1"}))), "key")
        plain = await simulator.say("staff_wei", OPS, "x")
        for message, action in ((sent.message, "other"), (sent.message, "read"), (plain, "ask"), ("gone", "ask")):
            with pytest.raises(KeyError):
                await simulator.click("staff_wei", message, action, {})
        await simulator.click("staff_wei", sent.message, "ask", {})
        await simulator.click("staff_wei", sent.message, "ask|q=1", {})


async def test_a_recalled_message_is_gone_and_nobody_is_told(
    joined: Joined, simulator: DingTalkSimulator, world: World
) -> None:
    """DingTalk tells no bot; only its author can take it back."""
    async with joined():
        message = await simulator.say("staff_wei", "cid_staff_wei", "x")
        await simulator.acked(message)
        pushed = len(simulator.stream.pushed)
        with pytest.raises(KeyError):
            await simulator.recall("staff_ana", message)
        await simulator.recall("staff_wei", message)
        assert (world.posts[message].recalled, world.posts[message].text) == (True, "")
        assert len(simulator.stream.pushed) == pushed


async def test_it_is_busy_while_anything_is_under_way(joined: Joined, simulator: DingTalkSimulator) -> None:
    """An event unacknowledged, or a request being served; then it is quiet."""
    seen: list[bool] = []
    free = asyncio.Event()

    async def receive(event: Event) -> Reaction | None:
        seen.append(simulator.busy)
        await free.wait()
        return None

    async with joined(receive) as platform:
        seen.append(simulator.busy)
        message = await simulator.say("staff_wei", "cid_staff_wei", "x")
        seen.append(simulator.busy)
        free.set()
        await simulator.acked(message)
        seen.append(simulator.busy)
        simulator.faults.slow[f"{CARDS}/createAndDeliver"] = 0.2
        sending = asyncio.create_task(platform.send(GROUP, Card("t", "x", buttons=(Button("a", "b"),)), "key"))
        await asyncio.wait_for(simulator.door.until(f"{CARDS}/createAndDeliver"), 10)
        seen.append(simulator.busy)
        await sending
    seen.append(simulator.busy)
    assert seen == [False, True, True, False, True, False]


async def test_without_a_connection_what_is_said_is_lost_but_not_waited_for(
    settings: Settings, simulator: DingTalkSimulator
) -> None:
    """The platform does not push robot messages again; the demo does not hang."""
    pushed = await simulator.acked(await simulator.say("staff_wei", OPS, "@bot hi", mentions=(BOT,)))
    assert pushed.ack is None
    assert not simulator.busy


async def test_both_sides_keep_their_contracts(settings: Settings, simulator: DingTalkSimulator) -> None:
    """The client is a Platform, the simulator a Simulator: the type checker reads this test."""
    platform: Platform = DingTalk(settings)
    company: Simulator = simulator
    assert (platform.name, platform.state, company.busy) == ("dingtalk", "not started", False)
    await platform.aclose()
