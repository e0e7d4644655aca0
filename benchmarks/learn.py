"""What it costs to learn: a file taken in, its vectors, and the pages that come of it, through the real store.

DIR holds `messages.jsonl` ({id, chat, seq, at, sender, name, text}). The most active people each switch their double on
in every chat of theirs and import the whole file; other people's lines are counted and dropped. Then every page is held
against the file: each line has to be, word for word but for masked identifiers, a message of its owner's in its chat,
and each title a place in one; wrong_lines counts those that are not.

import_per_s: lines of the file gone through, until the own ones are recorded; import_embedded_per_s: own ones recorded,
until their vectors are there; distil_cpu_s_per_1000: processor seconds for pages out of 1,000 own messages.
found_of_others: of the sought_of_others texts that only people who did not join have said, how many stand anywhere in
the data directory, write-ahead log and keyring with it, as UTF-8 or UTF-16.

Then each lets a model write on their pages: a scripted server of ours, in this process, that gives every passage it is
given back as a line, through the real client, prompt, checks and store. tokens_per_1000: read and written for 1,000 own
messages, by our own estimate (`bot/budget.py`); tokens_out_per_1000: written of those, where a real model writes less.
calls: of the model; read_by_model: passages that it was given; written_per_1000: its lines that were kept.
unresolved_cites counts those that cite nothing, or anything that is no message of their owner's on that page.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr
from recall import Line, lines, moment

from bot.budget import Budget, Limits
from bot.demo.scripted import Scripted, writes_pages
from bot.floor import Floor
from bot.models import Model
from bot.page_writing import PageWriting
from bot.writing import Writer
from skills.ground import Ground, open_ground
from skills.imports import Whose, read_file
from skills.masking import masked
from skills.small_model import small_model
from skills.words import Claim, Notice, Said

BATCH = 200
SHORTEST = 24  # bytes of a text that can be told from others
NUMBERS = count(1)
PROVIDER = "openai:m"


@dataclass(slots=True)
class Learned:
    """Counts of a run."""

    read: int = 0
    kept: int = 0
    dropped: int = 0
    pages: int = 0
    lines: int = 0
    wrong: int = 0  # lines that are not, word for word, a message of their owner's in that chat
    calls: int = 0  # of the model
    read_by_model: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    written: int = 0
    unresolved: int = 0  # lines of the model's that cite nothing, or what is not on their page
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("import", "embed", "distil"), 0.0))


def claim() -> Claim:
    """A delivery that never was before."""
    return Claim("bench", f"e{next(NUMBERS)}")


async def join(ground: Ground, person: str, own: list[Line]) -> list[str]:
    """Switch a double on in every chat of somebody's."""
    since = min(moment(line) for line in own) - timedelta(days=1)
    chats = sorted({f"bench:t:{line['chat']}" for line in own})
    for chat in chats:
        offer = await ground.store.offer(claim(), person, chat, "en")
        assert offer is not None
        wish: dict[str, Any] = {"audience": "chat", "since": since, "notice": Notice("1", "en", "0" * 64)}
        await ground.store.join(claim(), offer.id, person=person, name=person, **wish)
    return chats


async def learn(ground: Ground, model: Scripted, sender: str, messages: list[Line], learned: Learned) -> None:
    """Import, embed and distil for one person, let the model write, then check what came of it."""
    own = [line for line in messages if line["sender"] == sender]
    person, store = f"bench:t:{sender}", ground.store
    chats = await join(ground, person, own)
    data = "\n".join(json.dumps({**line, "at": moment(line).isoformat()}) for line in messages).encode()
    started = time.perf_counter()
    whose = Whose(person, frozenset(), {chat: chat.rpartition(":")[2] for chat in chats}, store.now())
    found = read_file(data, whose)
    for chat in chats:
        saids: list[Said] = [said for said in found.saids if said.chat == chat]
        for start in range(0, len(saids), BATCH):
            learned.kept += await store.backfill(person, chat, saids[start : start + BATCH])
    learned.read += len(messages)
    learned.dropped += found.others + found.bad + found.undated + found.repeated
    learned.seconds["import"] += time.perf_counter() - started
    started = time.perf_counter()
    await store.embed(person)
    learned.seconds["embed"] += time.perf_counter() - started
    cpu = time.process_time()
    await store.distil(person)
    learned.seconds["distil"] += time.process_time() - cpu
    await write(ground, model, person, learned)
    await check(ground, person, own, learned)


async def write(ground: Ground, model: Scripted, person: str, learned: Learned) -> None:
    """With the owner's yes, pages by a model, and what that took."""
    limits, named = Limits(daily_answers=10**9, daily_tokens=10**12), Model("openai:m", model.url, SecretStr("k"))
    writer = Writer([named], Budget(limits, ground.store.now))
    assert await ground.store.let_speak(claim(), person, PROVIDER, "0" * 64, "en")
    before = len(model.requests)
    await PageWriting(ground.store, {}, Floor(), PROVIDER, lambda: writer).write(person)
    learned.calls += len(model.requests) - before
    if (spent := await ground.store.page_spent(person)) is not None:
        learned.read_by_model += spent.read
        learned.tokens_in += spent.tokens_in
        learned.tokens_out += spent.tokens_out


async def check(ground: Ground, person: str, own: list[Line], learned: Learned) -> None:
    """Every line of every page against what its owner said."""
    said = {(f"bench:t:{line['chat']}", line["id"]): masked(line["text"]) for line in own}
    for listed in await ground.store.pages(person):
        page = await ground.store.page(person, listed.id)
        assert page is not None
        learned.pages += 1
        learned.lines += len(page.lines)
        right = [said.get((line.chat, line.message)) == line.text for line in page.lines]
        titled = any(listed.title in text for text in said.values())
        learned.wrong += right.count(False) + (not titled)
        there = {line.id for line in page.lines}
        learned.written += len(page.told)
        learned.unresolved += sum(not one.cites or not there.issuperset(one.cites) for one in page.told)


async def measure(folder: Path, people: int) -> dict[str, float | int | None]:
    """One run on a new server."""
    messages = lines(folder / "messages.jsonl")
    most = [sender for sender, _ in Counter(line["sender"] for line in messages).most_common(people)]
    now = max(moment(line) for line in messages) + timedelta(days=1)
    meaning, learned = small_model(), Learned()
    if meaning is not None:
        await meaning.warm()
    with tempfile.TemporaryDirectory(prefix="learn", dir="/var/tmp") as data:
        Path(data).chmod(0o755)
        async with (
            open_ground(Path(data) / "d", meaning=meaning, clock=lambda: now) as ground,
            Scripted(says=writes_pages, usage=None).listening() as model,
        ):
            for sender in most:
                await learn(ground, model, sender, messages, learned)
        texts = strangers(messages, frozenset(most))
        blobs = (path.read_bytes() for path in sorted(Path(data).rglob("*")) if path.is_file())
        found = {text for blob in blobs for text in standing(blob, texts)}
        assert standing(b"|".join(texts), texts) == texts, "whatever is there has to be found"
    return figures(learned) | {"sought_of_others": len(texts), "found_of_others": len(found)}


def strangers(messages: list[Line], owners: frozenset[str]) -> set[bytes]:
    """What only people who did not join have said, in both encodings, if it is long enough to be known again."""
    own = "\n".join(line["text"] for line in messages if line["sender"] in owners)
    told = {line["text"] for line in messages if line["sender"] not in owners and line["text"] not in own}
    encoded = {text.encode(encoding) for text in told for encoding in ("utf-8", "utf-16-le")}
    return {text for text in encoded if len(text) >= SHORTEST}


def standing(blob: bytes, texts: set[bytes]) -> set[bytes]:
    """Those of the texts that stand anywhere in it: found by their first eight bytes at every place, then compared."""
    by_start: dict[int, list[bytes]] = {}
    for text in texts:
        by_start.setdefault(int.from_bytes(text[:8], "little"), []).append(text)
    starts = np.array(sorted(by_start), dtype=np.uint64)
    found: set[bytes] = set()
    for shift in range(min(8, max(len(blob) - 7, 0))):
        words = np.frombuffer(blob, dtype="<u8", count=(len(blob) - shift) // 8, offset=shift)
        for n in np.flatnonzero(np.isin(words, starts)):
            place = shift + 8 * int(n)
            found |= {text for text in by_start[int(words[n])] if blob.startswith(text, place)}
    return found


def figures(learned: Learned) -> dict[str, float | int | None]:
    """All figures of a run."""
    per, seconds = 1000 / max(learned.kept, 1), learned.seconds
    return {
        "import_per_s": round(learned.read / seconds["import"]),
        "import_embedded_per_s": round(learned.kept / (seconds["import"] + seconds["embed"])),
        "distil_cpu_s_per_1000": round(seconds["distil"] * per, 2),
        "tokens_per_1000": round((learned.tokens_in + learned.tokens_out) * per),
        "tokens_out_per_1000": round(learned.tokens_out * per),
        "pages_per_1000": round(learned.pages * per, 1),
        "lines_per_1000": round(learned.lines * per, 1),
        "read": learned.read,
        "kept": learned.kept,
        "dropped": learned.dropped,
        "pages": learned.pages,
        "wrong_lines": learned.wrong,
        "calls": learned.calls,
        "read_by_model": learned.read_by_model,
        "written_per_1000": round(learned.written * per, 1),
        "unresolved_cites": learned.unresolved,
    }


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path, required=True, metavar="DIR", help="the folder with the messages")
    arguments.add_argument("--people", type=int, default=10, help="of the most active ones, so many")
    arguments.add_argument("--json", action="store_true", help="one JSON object on the last line")
    chosen = arguments.parse_args()
    found = asyncio.run(measure(chosen.set, chosen.people))
    print(json.dumps(found) if chosen.json else "\n".join(f"{k:24}{v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
