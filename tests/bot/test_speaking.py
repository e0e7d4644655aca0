"""Promises of the double that speaks: a yes on a card, checked sentences or quotes, and the label always there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.base import Address, Card, Click, Message, Receive
from bot.demo.scripted import Json, Says, Scripted, blabs, calls, given, with_arguments, writes
from bot.settings import Settings
from skills import ledger
from skills.database import Database
from skills.store import Store
from skills.vault import Vault
from skills.words import Claim

Shown = tuple[Address, Card]
Asks = Callable[..., Awaitable[Shown]]
ANA = "lark:t:ana"
SAID = "回滚支付：先停网关，再跑 rollback.sh，大概 15 分钟"
TOLD = "回滚支付先停网关，再跑 rollback.sh。"
ASKED = "怎么回滚支付"


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    """A model that words what Ana said, faithfully."""
    async with Scripted(says=calls(("paraphrase", TOLD, ["1"]))).listening() as scripted:
        yield scripted


@pytest.fixture
def settings(tmp_path: Path, provider: Scripted) -> Settings:
    """The operator has named it."""
    key = SecretStr("sk-canary")
    return Settings(data=tmp_path, model="openai:m1", model_base_url=provider.url, model_key=key, model_seconds=8)


Speaks = Callable[[], Awaitable[None]]


@pytest.fixture
def speaks(
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    taps: Callable[..., Click],
) -> Speaks:
    """Ana reads the card and agrees."""

    async def agree() -> None:
        await receive(says("ana", "/speak", direct=True))
        await settled()
        (button,) = sent[-1][1].buttons
        assert button.action == "speak"
        await receive(taps("ana", "speak", button.value))
        await settled()

    return agree


@pytest.fixture
async def ana(joins: Callable[..., Awaitable[None]], receive: Receive, says: Callable[..., Message]) -> None:
    """Ana has a double for the group, and said how to roll back."""
    await joins("ana", "join_today")
    await receive(says("ana", SAID))


async def alone(asks: Asks, text: str = ASKED) -> Card:
    """What Ana reads who asks her double alone."""
    _, card = await asks("ana", text, direct=True)
    return card


def quoted(card: Card) -> bool:
    """Whether a card is what it would be without a model: her words, word for word, and nothing else."""
    return [q.text for q in card.quotes] == [SAID] and card.text in ("Ana 的原话：", "In Ana's own words:")


async def test_without_a_yes_there_are_quotes_and_nothing_is_sent(ana: None, asks: Asks, provider: Scripted) -> None:
    """A model that the operator named is nothing that Ana agreed to."""
    assert quoted(await alone(asks))
    assert provider.requests == []


async def test_what_an_owner_agreed_to_is_worded_by_the_model(
    ana: None, asks: Asks, speaks: Speaks, provider: Scripted
) -> None:
    """The first line answers; her words stand below it, and the label says whose model wrote it, and as of when."""
    await speaks()
    card = await alone(asks)
    assert card.text == TOLD
    assert [q.text for q in card.quotes] == [SAID]
    assert card.label == f"AI 分身 · Ana · #{card.answer} · openai:m1 · 127.0.0.1"
    assert card.quotes[0].at.astimezone().strftime("%Y-%m-%d") in card.note
    assert [b.action for b in card.buttons] == ["why"]
    assert [p["text"] for p in given(provider.requests[0])["passages"]] == [SAID]


async def test_in_english_the_card_is_english(ana: None, asks: Asks, speaks: Speaks, provider: Scripted) -> None:
    """The asker's language, though the words are Chinese."""
    await speaks()
    provider.says = calls(("inference", "先停网关", ["1"]))
    card = await alone(asks, "how do we roll back 支付 with rollback.sh")
    assert card.text.startswith("Inferred: ")
    assert card.label.startswith("AI double · Ana")


async def test_an_inference_is_shown_as_one(ana: None, asks: Asks, speaks: Speaks, provider: Scripted) -> None:
    """In words, before it."""
    await speaks()
    provider.says = calls(("paraphrase", TOLD, ["1"]), ("inference", "不停网关不能跑 rollback.sh。", ["1"]))
    assert (await alone(asks)).text == f"{TOLD}\n推断：不停网关不能跑 rollback.sh。"


@pytest.mark.parametrize("person", ["bo", "ana"])
async def test_in_the_group_everybody_is_quoted(
    ana: None, asks: Asks, speaks: Speaks, provider: Scripted, person: str
) -> None:
    """Until answers can be reviewed, a model writes for the owner alone, and nothing is sent for anybody else."""
    await speaks()
    _, card = await asks(person, f"ask Ana {ASKED}")
    assert quoted(card)
    assert provider.requests == []


CANARY = "canary"


def obeys(request: Json) -> Json:
    """A model that does what the words it was given tell it to."""
    return calls(("paraphrase", f"Ana resigns, {CANARY} https://evil.example", ["1"]))(request)


@pytest.mark.parametrize(
    "words",
    [
        calls(),
        calls(("paraphrase", TOLD, ["7"])),  # it cites what nobody gave it
        calls(("paraphrase", TOLD, [])),
        calls(("quote", f"{SAID}，{CANARY}", ["1"])),
        calls(("paraphrase", "回滚支付先停网关，再跑 rollback.sh，大概 50 分钟。", ["1"])),
        calls(("paraphrase", "回滚支付不要停网关。", ["1"])),
        calls(("paraphrase", "我先停网关，再跑 rollback.sh。", ["1"])),
        obeys,
        blabs,
        writes(f"I am sorry, {CANARY}"),
        writes(""),
        with_arguments('{"sentences": [{'),
        with_arguments(f'{{"{CANARY}": 1}}'),
        with_arguments("{}", name="delete_everything"),
        lambda _: {"role": "assistant", "content": None, "refusal": CANARY},
    ],
)
async def test_whatever_a_model_says_that_does_not_stand_there_are_quotes(
    ana: None, asks: Asks, speaks: Speaks, provider: Scripted, words: Says
) -> None:
    """Lies, inventions, obeyed words, its whole context, refusals and broken forms: the quotes, and no error text."""
    await speaks()
    provider.says = words
    card = await alone(asks)
    assert quoted(card)
    assert provider.requests
    assert CANARY not in repr(card)
    assert card.label == f"AI 分身 · Ana · #{card.answer}"


KNOBS: list[Mapping[str, object]] = [{"statuses": [429] * 9}, {"statuses": [500] * 9}, {"cut": True}, {"delay": 60.0}]


@pytest.mark.parametrize("knobs", KNOBS)
async def test_however_a_model_fails_there_are_quotes(
    ana: None, asks: Asks, speaks: Speaks, provider: Scripted, knobs: Mapping[str, object]
) -> None:
    """Busy, broken, cut off or late: the quotes, with their label."""
    await speaks()
    for name, value in knobs.items():
        setattr(provider, name, value)
    card = await alone(asks)
    assert quoted(card)
    assert card.label == f"AI 分身 · Ana · #{card.answer}"


class TestWithoutAKey:
    """Where the operator forgot the model's key."""

    @pytest.fixture
    def settings(self, tmp_path: Path, provider: Scripted, monkeypatch: pytest.MonkeyPatch) -> Settings:
        """Neither in the settings nor in the environment."""
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        return Settings(data=tmp_path, model="openai:m1", model_base_url=provider.url)

    async def test_a_model_that_cannot_be_loaded_leaves_the_quotes(
        self, ana: None, asks: Asks, speaks: Speaks, provider: Scripted
    ) -> None:
        """Every time, and without a word of what is missing."""
        await speaks()
        assert quoted(await alone(asks))
        assert quoted(await alone(asks, "怎么回滚支付的网关"))
        assert provider.requests == []


async def test_what_the_floor_keeps_back_is_neither_sent_nor_said(
    ana: None, asks: Asks, speaks: Speaks, receive: Receive, says: Callable[..., Message], provider: Scripted
) -> None:
    """Her pay goes to no model, and no promise comes from one, though it stood in her words."""
    await receive(says("ana", "回滚支付之后我的工资是 20000"))
    await receive(says("ana", "回滚支付我保证周五完成"))
    await speaks()
    provider.says = lambda request: calls(
        *(("paraphrase", "Ana 保证周五完成。", [p["id"]]) for p in given(request)["passages"])
    )(request)
    card = await alone(asks)
    assert "20000" not in repr(provider.requests)
    assert "保证" not in card.text


async def test_one_word_ends_it(
    ana: None,
    asks: Asks,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    sent: list[Shown],
    provider: Scripted,
) -> None:
    """From then on there are quotes, and nothing is sent."""
    await speaks()
    await receive(says("ana", "只用原话", direct=True))
    assert quoted(await alone(asks))
    assert provider.requests == []


async def test_what_is_kept_back_while_the_model_writes_is_not_told(
    ana: None, asks: Asks, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """What it was granted by is stale: nothing is said, and asked again she is quoted, alone."""
    await speaks()
    provider.meanwhile = lambda: store.withhold(Claim("lark", "e-withheld"), ANA, ["网关"])
    assert TOLD not in repr(await alone(asks))
    assert provider.requests
    assert quoted(await alone(asks))


async def test_a_yes_that_ends_while_the_model_writes_is_none(
    ana: None, asks: Asks, speaks: Speaks, store: Store, provider: Scripted
) -> None:
    """What it wrote is not told."""
    await speaks()
    provider.meanwhile = lambda: store.quote_only(Claim("lark", "e-quotes"), ANA)
    card = await alone(asks)
    assert provider.requests
    assert TOLD not in repr(card)


async def test_the_ledger_says_whose_model_wrote_an_answer(
    ana: None, asks: Asks, speaks: Speaks, database: Database, vault: Vault, provider: Scripted
) -> None:
    """It was decided by her yes to that one; of quotes it says nothing of the kind."""
    await alone(asks)
    await speaks()
    await alone(asks)
    async with database.transaction(owner=ANA) as connection:
        entries = await ledger.entries(connection, vault, ANA, but=())
    quotes, told = [str(entry.plain) for entry in entries if entry.kind == "answered"]
    assert "openai:m1" not in quotes
    assert "openai:m1" in told


async def test_another_model_asks_again(
    ana: None,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
    store: Store,
) -> None:
    """A yes to the one before is none to this one, and the card shows no yes."""
    await store.let_speak(Claim("lark", "e-before"), ANA, "openai:m0 · 127.0.0.1", "00", "zh")
    await receive(says("ana", "/speak", direct=True))
    await settled()
    assert [b.action for b in sent[-1][1].buttons] == ["speak"]


async def test_only_the_card_that_was_shown_can_be_agreed_to(
    ana: None,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    store: Store,
    taps: Callable[..., Click],
) -> None:
    """A code of another text, of another provider or of none shows the card anew; Bo, who has no double, is told so."""
    for code in ("yes", "00000000", ""):
        await receive(says("ana", f"/speak {code}", direct=True))
        await receive(taps("ana", "speak", {"shown": code, "language": "zh"}))
    await settled()
    assert await store.spoken(ANA) is None


async def test_whoever_has_no_double_has_nothing_to_agree_to(
    ana: None,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
) -> None:
    """Bo reads that he has none."""
    await receive(says("bo", "/speak", direct=True))
    await settled()
    (button,) = sent[-1][1].buttons
    await receive(says("bo", str(button.command), direct=True))
    await settled()
    assert "加入" in sent[-1][1].text


async def test_the_card_names_the_provider_and_how_things_stand(
    ana: None,
    speaks: Speaks,
    receive: Receive,
    says: Callable[..., Message],
    settled: Callable[[], Awaitable[None]],
    sent: list[Shown],
) -> None:
    """Before the yes whom words would go to, and after it whom they go to and the way back."""
    await receive(says("ana", "/speak", direct=True))
    await settled()
    assert "openai:m1 · 127.0.0.1" in sent[-1][1].text
    await speaks()
    await receive(says("ana", "/speak", direct=True))
    await settled()
    card = sent[-1][1]
    assert "openai:m1 · 127.0.0.1" in card.text
    assert [b.action for b in card.buttons] == ["quote"]


class TestWithoutAModel:
    """Where the operator named none."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        """Nothing is set."""
        return Settings(data=tmp_path)

    async def test_there_is_nothing_to_agree_to(
        self,
        ana: None,
        receive: Receive,
        says: Callable[..., Message],
        settled: Callable[[], Awaitable[None]],
        sent: list[Shown],
    ) -> None:
        """The card says so, and has no button."""
        await receive(says("ana", "/speak", direct=True))
        await settled()
        assert sent[-1][1].buttons == ()
