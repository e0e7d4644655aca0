"""The platform's side: as strict as the documentation where we know it, and no kin of the SDK."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Address, Button, Card, Message
from adapters.lark.cards import write_card
from adapters.lark.client import Lark, load_sdk
from adapters.lark.settings import Credentials
from adapters.lark.simulated.frames import Frame, decode, encode
from adapters.lark.simulator import LarkSimulator
from adapters.world import BOT, Simulator

QUIET = settings(max_examples=200, deadline=None, database=None)
MESSAGES = "/open-apis/im/v1/messages"
words = st.text(st.characters(codec="utf-8"), max_size=20)
frames = st.builds(
    Frame,
    st.integers(0, 1),
    st.lists(st.tuples(words, words), max_size=6).map(tuple),
    st.binary(max_size=400),
    service=st.integers(0, 2**31 - 1),
    seq=st.integers(0, 2**64 - 1),
    log=st.integers(0, 2**64 - 1),
)


def as_expected(simulator: LarkSimulator) -> Simulator:
    """The simulator is what the demo expects: the type checker holds it to that."""
    return simulator


@QUIET
@given(frames)
def test_frames_are_those_of_the_sdk(frame: Frame) -> None:
    """Written by hand, the frames are byte for byte the SDK's, and read back as themselves."""
    theirs = load_sdk().Frame()
    theirs.ParseFromString(encode(frame))
    assert theirs.SerializeToString() == encode(frame)
    assert decode(encode(frame)) == frame


@QUIET
@given(st.binary(max_size=100))
def test_no_bytes_break_the_codec(data: bytes) -> None:
    """Bytes that are no frame are a ValueError, and nothing else."""
    try:
        decode(data)
    except ValueError:
        return


@pytest.fixture
async def rest(company: Any) -> Any:
    """The API as somebody without any SDK would use it."""
    async with httpx.AsyncClient(base_url=company.url, trust_env=False) as client:
        token = company.simulator.tenant.issue()
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def interactive(card: Any) -> dict[str, Any]:
    """A message body with a card."""
    return {"receive_id": "oc_ops", "msg_type": "interactive", "content": json.dumps(card)}


async def test_nothing_without_a_token(company: Any, rest: httpx.AsyncClient) -> None:
    """No endpoint answers to strangers, and a wrong secret gets no token."""
    rest.headers["Authorization"] = "Bearer t-made-up"
    assert (await rest.get("/open-apis/bot/v3/info")).json()["code"] == 99991663
    token = "/open-apis/auth/v3/tenant_access_token/internal"
    assert (await rest.post(token, json={"app_id": "cli_a1", "app_secret": "no"})).json()["code"] == 10014


async def test_limits_are_those_of_the_platform(company: Any, rest: httpx.AsyncClient) -> None:
    """Pages beyond 50, edits of a card, cards beyond 30 KB, malformed cards and long keys are refused by code."""
    sent = (
        await rest.post(MESSAGES, params={"receive_id_type": "chat_id"}, json=interactive(write_card(Card("t", "x"))))
    ).json()
    message = sent["data"]["message_id"]
    asked = {"container_id_type": "chat", "container_id": "oc_ops", "page_size": "51"}
    assert (await rest.get(MESSAGES, params=asked)).json()["code"] == 230001
    edit = {"msg_type": "text", "content": '{"text": "x"}'}
    assert (await rest.put(f"{MESSAGES}/{message}", json=edit)).json()["code"] == 230001
    large, bad = write_card(Card("t", "x" * 31_000)), {"schema": "2.0", "config": {"update_multi": True}}
    for card, code in ((large, 230099), ({**bad, "body": {"elements": [{"tag": "action"}]}}, 230099), ({}, 230099)):
        made = await rest.post(MESSAGES, params={"receive_id_type": "chat_id"}, json=interactive(card))
        assert made.json()["code"] == code
    long = {**interactive(write_card(Card("t", "x"))), "uuid": "u" * 51}
    assert (await rest.post(MESSAGES, params={"receive_id_type": "chat_id"}, json=long)).json()["code"] == 230001
    assert (await rest.post(MESSAGES, content=b"not json")).json()["code"] == 230001


async def test_what_is_recalled_is_beyond_reach(company: Any, rest: httpx.AsyncClient) -> None:
    """A recalled message takes no reply and no reaction, and is listed as deleted, without its words."""
    post = company.simulator.world.post("oc_ops", "ou_ana", "oops")
    await company.simulator.recall("ou_ana", post.id)
    assert (await rest.post(f"{MESSAGES}/{post.id}/reply", json=interactive({}))).json()["code"] == 230011
    assert (await rest.post(f"{MESSAGES}/{post.id}/reactions", json={})).json()["code"] == 230011
    item = (await rest.get(f"{MESSAGES}/{post.id}")).json()["data"]["items"][0]
    assert (item["deleted"], item["body"]["content"]) == (True, "")
    with pytest.raises(PermissionError):
        await company.simulator.recall("ou_bo", post.id)


async def test_a_text_can_be_sent_edited_and_taken_back(company: Any, rest: httpx.AsyncClient) -> None:
    """Not all is cards: the bot's own text is edited and deleted, nobody else's is."""
    body = {"receive_id": "ou_ana", "msg_type": "text", "content": '{"text": "hi"}'}
    sent = (await rest.post(MESSAGES, params={"receive_id_type": "open_id"}, json=body)).json()["data"]
    edit = {"msg_type": "text", "content": '{"text": "ho"}'}
    assert (await rest.put(f"{MESSAGES}/{sent['message_id']}", json=edit)).json()["code"] == 0
    assert company.simulator.world.posts[sent["message_id"]].text == "ho"
    assert (await rest.delete(f"{MESSAGES}/{sent['message_id']}")).json()["code"] == 0
    said = company.simulator.world.post("oc_ops", "ou_ana", "mine")
    assert (await rest.delete(f"{MESSAGES}/{said.id}")).json()["code"] == 230001


async def test_people_and_groups_are_listed(company: Any, rest: httpx.AsyncClient) -> None:
    """The directory tells who left, and the chat list holds groups alone."""
    company.simulator.depart("ou_bo")
    users = await rest.get("/open-apis/contact/v3/users/batch", params={"user_ids": ["ou_ana", "ou_bo", "ou_x"]})
    told = {u["open_id"]: u["status"]["is_resigned"] for u in users.json()["data"]["items"]}
    assert told == {"ou_ana": False, "ou_bo": True}
    chats = (await rest.get("/open-apis/im/v1/chats")).json()["data"]["items"]
    assert [c["chat_id"] for c in chats] == ["oc_ops"]


async def test_a_button_that_is_not_there_cannot_be_tapped(lark: Lark, simulator: LarkSimulator) -> None:
    """Only what the card shows can be tapped, and a button that opens a page calls nobody."""
    card = Card("t", "x", buttons=(Button("page", "Page", url="https://x.example"),))
    sent = await lark.send(Address(chat="lark:cli_a1:oc_ops"), card, "k")
    with pytest.raises(KeyError):
        await simulator.click("ou_ana", sent.message, "join", {})
    assert await simulator.click("ou_ana", sent.message, "page", {}) == ""
    assert not simulator.gateway.deliveries


async def test_it_is_busy_until_all_is_acknowledged(company: Any, inbox: Any) -> None:
    """Quiet means that nothing is on its way: not an event, not a request."""
    hold = asyncio.Event()

    async def wait(event: object) -> None:
        await hold.wait()

    inbox.answer = wait
    assert not company.simulator.busy
    await company.simulator.say("ou_ana", "oc_ops", "waits for a connection")
    assert company.simulator.busy
    async with company.listening(inbox):
        await inbox.next()
        assert company.simulator.busy
        hold.set()
        await company.simulator.gateway.deliveries[-1].ack
        assert not company.simulator.busy


async def test_a_reply_stays_in_its_thread(company: Any, inbox: Any) -> None:
    """Who answers in a thread is heard in that thread, with what was answered."""
    root = company.simulator.world.post("oc_ops", "ou_ana", "topic", thread="omt_1")
    async with company.listening(inbox):
        await company.simulator.say("ou_bo", "oc_ops", "@bot why?", reply_to=root.id, mentions=[BOT])
        message = await inbox.next()
        assert isinstance(message, Message)
        assert (message.thread, message.reply_to, message.text) == ("omt_1", root.id, "why?")


SERVE = """
import asyncio
from adapters.lark.simulator import LarkSimulator
from adapters.serving import served
from adapters.world import BOT, Chat, Person, World

async def main():
    people, chats = {"ou_a": Person("ou_a", "Ana")}, {"oc_a": Chat("oc_a", "", True, ("ou_a",))}
    simulator = LarkSimulator(World("om_", people, chats), app_id="cli_far")
    async with served(simulator.app) as url:
        print(url, flush=True)
        await simulator.say("ou_a", "oc_a", "from afar")
        print((await simulator.gateway.deliveries[-1].ack).code, flush=True)

asyncio.run(main())
"""


async def test_it_works_from_another_process(inbox: Any) -> None:
    """The platform may live in a process of its own; the client follows its address."""
    far = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE, stdout=asyncio.subprocess.PIPE)
    assert far.stdout is not None
    lark = Lark(Credentials("cli_far", "simulated", (await far.stdout.readline()).decode().strip()))
    listener = asyncio.create_task(lark.listen(inbox))
    message = await inbox.next()
    assert isinstance(message, Message)
    assert (message.text, message.at.date() >= datetime(2026, 1, 1, tzinfo=UTC).date()) == ("from afar", True)
    assert (await far.stdout.readline()).strip() == b"200"
    await lark.aclose()
    await listener
    assert await asyncio.wait_for(far.wait(), 20) == 0
