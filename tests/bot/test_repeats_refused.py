"""Promises of a question that came to nothing at the door: asked again at once, it is not met with silence."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest

from adapters.base import Address, Card, Message, Receive
from bot.sentences import say
from skills.database import Database
from skills.keyring import DirectoryKeyring
from skills.queue import Queue
from skills.store import Store
from skills.vault import Vault
from skills.words import Answered, Grant

Shown = tuple[Address, Card]
Says = Callable[..., Message]
Joins = Callable[..., Awaitable[None]]
Asks = Callable[..., Awaitable[Shown]]
ASKED = "ask Ana when the gateway restarts"


class Shut(Store):
    """The store, whose door is shut as often as `times` tells: broken, or with a no."""

    times: list[type[Exception] | None]

    async def deliver(
        self, grant: Grant, passages: Sequence[str], provider: str | None = None, sentences: tuple[int, int] = (0, 0)
    ) -> Answered | None:
        """What the door says."""
        if not self.times:
            return await super().deliver(grant, passages)
        if (broken := self.times.pop()) is not None:
            raise broken
        return None


@pytest.fixture
def store(database: Database, vault: Vault, keyring: DirectoryKeyring, queue: Queue) -> Shut:
    """A store whose door can be shut."""
    shut = Shut(database, vault, keyring, queue, lambda: datetime.now(UTC))
    shut.times = []
    return shut


@pytest.mark.parametrize("broken", [None, RuntimeError])
async def test_a_question_that_came_to_nothing_is_answered_when_asked_again(
    broken: type[Exception] | None, store: Shut, joins: Joins, receive: Receive, says: Says, asks: Asks
) -> None:
    """A refusal at the door, or trouble, is no answer that was told already."""
    await joins("ana", "join_today")
    await receive(says("ana", "the gateway restarts at nine"))
    store.times = [broken]
    first = (await asks("bo", ASKED))[1]
    assert first.text == (say("en", "nothing_named", name="Ana") if broken is None else say("en", "trouble"))
    assert [q.text for q in (await asks("bo", ASKED))[1].quotes] == ["the gateway restarts at nine"]
