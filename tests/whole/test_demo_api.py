"""The page's API is a contract for scripts, and a door for this machine alone."""

import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import SecretStr

from bot.demo.stage import Simulated, demo
from bot.demo.visitor import Visitor
from bot.platforms import make_platforms
from bot.serve import make_webhook
from bot.settings import BadSettings, Settings
from bot.web import create_web
from skills.ground import Ground

ANA, BO, OPS = "lark:demo:ou_ana", "lark:demo:ou_bo", "oc_ops"


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "127.0.0.1"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
async def test_another_name_or_another_site_gets_nothing(page: Visitor, headers: dict[str, str]) -> None:
    """A page elsewhere cannot drive the demo through a visitor's browser."""
    assert (await page.http.get("/demo/people", headers=headers)).status_code == 403


async def test_the_page_itself_is_let_in(page: Visitor) -> None:
    """Its own origin, and its address by both names."""
    origin = str(page.http.base_url).rstrip("/")
    assert (await page.http.get("/demo/people", headers={"Origin": origin})).status_code == 200
    port = page.http.base_url.port
    assert (await page.http.get("/demo/people", headers={"Host": f"localhost:{port}"})).status_code == 200


async def test_strangers_chats_and_messages_are_404(page: Visitor) -> None:
    """Nobody acts as somebody who does not exist, or in a chat where they are not."""
    say = {"as": ANA, "chat": OPS, "text": "hi", "reply_to": None}
    for body in ({**say, "as": "lark:demo:ou_nobody"}, {**say, "chat": "cid_support"}, {**say, "reply_to": "om_x"}):
        assert (await page.http.post("/demo/say", json=body)).status_code == 404
    click = {"as": ANA, "message": "om_ops_001", "action": "join_here", "form": {}}
    assert (await page.http.post("/demo/click", json=click)).status_code == 404
    assert (await page.http.get("/demo/chats", params={"as": "x"})).status_code == 404
    upload = {"as": ANA, "chat": OPS, "name": "a", "base64": "###"}
    assert (await page.http.post("/demo/file", json=upload)).status_code == 422


async def test_what_is_no_text_is_refused_without_being_repeated(page: Visitor) -> None:
    """Half a character, or half a body: the fault is named, nothing said is thrown back."""
    half = json.dumps({"as": BO, "chat": OPS, "text": "canary \ud800"})
    answer = await page.http.post("/demo/say", content=half, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["at"] == "body.text"
    assert "canary" not in answer.text


async def test_people_chats_and_messages_have_the_shapes_that_scripts_rely_on(page: Visitor) -> None:
    """Keys and kinds as in the contract; the direct chat with the bot is among the chats."""
    people = (await page.http.get("/demo/people")).json()
    assert {"id": ANA, "name": "Ana", "platform": "lark", "language": "zh"} in people
    assert {p["platform"] for p in people} == {"lark", "dingtalk"}
    chats = (await page.http.get("/demo/chats", params={"as": ANA})).json()
    assert {c["kind"] for c in chats} == {"group", "direct"}
    assert all({"id", "platform", "kind", "name", "members"} <= set(c) and ANA in c["members"] for c in chats)
    (message, *_) = await page.read(ANA, OPS)
    assert {"n", "id", "at", "sender", "text", "edited", "reply_to", "card"} <= set(message)
    assert message["at"].endswith("Z")
    offer = await _offer(page)
    assert {"title", "text", "label", "answer", "quotes", "actions", "fields", "raw"} <= set(offer["card"])
    assert {"action": "join_here", "label": "本群，含最近 90 天"}.items() <= offer["card"]["actions"][1].items()


async def _offer(page: Visitor) -> dict[str, Any]:
    await page.say(ANA, OPS, "@bot 加入")
    await page.read(ANA, OPS)
    return dict(await page.last_card(ANA, await page.direct(ANA)))


async def test_both_names_of_the_bot_are_a_real_mention(page: Visitor) -> None:
    """`@分身` and `@bot` reach it; a bare word does not."""
    assert (await page.ask(BO, OPS, "@bot help"))["card"]["title"] == "Fenshen"
    assert (await page.ask(BO, OPS, "@分身 帮助"))["card"]["title"] == "分身"
    before = max(m["n"] for m in await page.read(BO, OPS))
    await page.say(BO, OPS, "帮助")
    assert [m for m in await page.read(BO, OPS, before) if m["sender"] == "bot"] == []


async def test_the_demo_refuses_real_credentials(tmp_path: Path) -> None:
    """A simulated company must not speak to a real one."""
    real = Settings(data=tmp_path, lark_app_id="cli_real", lark_app_secret=SecretStr("real"))
    with pytest.raises(BadSettings, match="refuses real credentials"):
        await demo(real, None)


async def test_a_folder_without_messages_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """The mistake is named, not a traceback."""
    with pytest.raises(BadSettings, match=r"messages\.jsonl"):
        await demo(Settings(data=tmp_path), tmp_path)


async def test_a_signed_webhook_reaches_the_inbox_and_an_unsigned_one_nothing(among: Simulated, ground: Ground) -> None:
    """Lark's other way in, as `fenshen serve` mounts it."""
    webhook_mode = {
        "lark_mode": "webhook",
        "lark_encrypt_key": SecretStr("key"),
        "lark_verification_token": SecretStr("token"),
    }
    settings = among.settings.model_copy(update=webhook_mode)
    connected = make_platforms(settings)
    seen: list[object] = []

    async def receive(event: object) -> None:
        seen.append(event)

    webhook = make_webhook(settings, connected, ground.store)
    app = create_web(
        ground.store, states=lambda: {"lark": "webhook"}, healthy=ground.database.ping, webhook=webhook, receive=receive
    )
    await among.lark.say("ou_bo", OPS, "@分身 hello", mentions=["bot"])
    payload = json.loads(among.lark.gateway.deliveries[-1].payload)
    payload["header"]["token"] = "token"
    body, headers = _sealed("key", payload)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        assert (await http.post("/lark/events", content=body)).status_code == 401
        assert (await http.post("/lark/events", content=b"x" * (2**20 + 1))).status_code == 413
        assert seen == []
        assert (await http.post("/lark/events", content=body, headers=headers)).status_code == 200
        assert len(seen) == 1
        assert (await http.post("/lark/events", content=body, headers=headers)).status_code == 401
        assert len(seen) == 1
        assert (await http.get("/healthz")).json()["ok"]
    await connected.platforms["lark"].aclose()
    await connected.platforms["dingtalk"].aclose()


def _sealed(key: str, payload: object) -> tuple[bytes, dict[str, str]]:
    """A body as Lark encrypts and signs it."""
    padder = PKCS7(128).padder()
    plain = padder.update(json.dumps(payload).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(b"\0" * 16)).encryptor()
    sealed = b"\0" * 16 + encryptor.update(plain) + encryptor.finalize()
    body = json.dumps({"encrypt": base64.b64encode(sealed).decode()}).encode()
    stamp, nonce = str(int(time.time())), "nonce"
    signature = hashlib.sha256((stamp + nonce + key).encode() + body).hexdigest()
    return body, {
        "X-Lark-Request-Timestamp": stamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature,
    }
