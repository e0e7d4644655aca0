"""Slack's export as rows: the owner's own messages, who is found by name among its users, and of others nothing."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from skills.decoding import decoded
from skills.rows import OTHERS, Row, elsewhere, own_words

_USERS, _PUBLIC, _PRIVATE = "users.json", "channels.json", "groups.json"
_BESIDE = (_PUBLIC, _PRIVATE, "dms.json", "mpims.json")
_DAY = re.compile(r"([^/]+)/[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
_TS = re.compile(r"([0-9]{10})\.([0-9]{6})")
_SAID = (None, "me_message", "thread_broadcast", "file_share")  # every other kind is written by Slack or a program
_MARKED = re.compile(r"<([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")
_ALL_BELOW = re.compile(r"^[ \t]*>>>.*", re.M | re.S)


@dataclass(frozen=True, slots=True)
class _Export:
    """Who is who and what is where, as far as the export tells it without doubt."""

    owner: str | None  # the one user who has a name of the owner's
    called: Mapping[str, str]  # user → name
    public: Mapping[str, str]  # channel → id
    private: Collection[str]
    chats: Collection[str]  # names of the owner's chats

    def place(self, channel: str) -> tuple[bool, str | None]:
        """Whether words of a channel may be kept, and for which chat; None: for the one that the owner chooses.

        What was not said before the whole company is kept only where its channel has the name of a chat of theirs.
        """
        known = channel if channel in self.chats else None
        if channel in self.private:
            return known is not None, known
        return channel in self.public, known


def slack_root(names: Sequence[str]) -> str | None:
    """The folder in which an export of Slack begins, "" for none around it; None: these files are no such export."""
    roots = sorted((n.removesuffix(_USERS) for n in names if n == _USERS or n.endswith(f"/{_USERS}")), key=len)
    if not roots:
        return None
    beside = {f"{roots[0]}{name}" for name in _BESIDE}
    return roots[0] if any(n in beside or _day(n, roots[0]) for n in names) else None


def slack_rows(
    files: Sequence[tuple[str, bytes]], root: str, owner: str, names: Collection[str], chats: Collection[str]
) -> list[Row] | None:
    """The rows of an export; `owner` is the id that the owner's rows get, and `chats` are called as theirs are.

    Names count only where one user alone has them; ids are Slack's own and tell nothing here. None: it is broken, or
    says one thing twice.
    """
    by_name = dict(files)
    users = _objects(by_name.get(f"{root}{_USERS}"))
    if users is None or len(by_name) < len(files):
        return None
    public, private = (_objects(by_name.get(f"{root}{name}")) or [] for name in (_PUBLIC, _PRIVATE))
    export = _Export(
        owner=_whose(users, names),
        called={str(user["id"]): name for user in users if "id" in user and (name := next(_names(user), ""))},
        public={str(one["name"]): str(one.get("id") or one["name"]) for one in public if "name" in one},
        private={str(one["name"]) for one in private if "name" in one},
        chats=chats,
    )
    rows: list[Row] = []
    for name, data in files:
        if (channel := _day(name, root)) is not None:
            rows += _day_rows(data, channel, owner, export)
    return rows


def _day(name: str, root: str) -> str | None:
    """The channel of which a file holds a day; None: it is no such file."""
    found = _DAY.fullmatch(name[len(root) :]) if name.startswith(root) else None
    return found[1] if found else None


def _list(data: bytes | None) -> list[Any] | None:
    try:
        whole = json.loads(decoded(data or b"") or "")  # as its lines were counted, and in no other encoding
    except (ValueError, RecursionError):
        return None
    return whole if isinstance(whole, list) else None


def _objects(data: bytes | None) -> list[dict[str, Any]] | None:
    whole = _list(data)
    return None if whole is None else [one for one in whole if isinstance(one, dict)]


def _whose(users: Sequence[Mapping[str, Any]], names: Collection[str]) -> str | None:
    """The id of the one person who has one of the names; None where there are two: it would be a guess."""
    found = [user for user in users if not set(names).isdisjoint(_names(user))]
    id_ = found[0].get("id") if len(found) == 1 else None
    alone = isinstance(id_, str) and [user.get("id") for user in users].count(id_) == 1
    return str(id_) if alone and id_ and not found[0].get("is_bot") else None


def _names(user: Mapping[str, Any]) -> Iterator[str]:
    """What a user is called, first by the whole name: by that one they are kept out of a chat if they object."""
    profile = user.get("profile")
    for of, key in ((profile, "real_name"), (user, "real_name"), (profile, "display_name"), (user, "name")):
        name = of.get(key) if isinstance(of, Mapping) else None
        if isinstance(name, str) and name:
            yield name


def _day_rows(data: bytes, channel: str, owner: str, export: _Export) -> list[Row]:
    if (whole := _list(data)) is None:
        return [Row("", None)]
    return [_row(one, channel, owner, export) if isinstance(one, dict) else Row("", None) for one in whole]


def _row(given: Mapping[str, Any], channel: str, owner: str, export: _Export) -> Row:
    kept, chat = export.place(channel)
    said = given.get("type") == "message" and given.get("subtype") in _SAID and not given.get("bot_id")
    if not kept or not said or export.owner is None or given.get("user") != export.owner:
        return OTHERS
    text, ts = given.get("text"), given.get("ts")
    found = _TS.fullmatch(ts) if isinstance(ts, str) else None
    if not isinstance(text, str) or found is None:
        return Row(text if isinstance(text, str) else "", None, sender_id=owner)
    at = datetime.fromtimestamp(int(found[1]), UTC) + timedelta(microseconds=int(found[2]))
    id_ = elsewhere("slack", export.public.get(channel, channel), found[0])
    return Row(_words(text, export.called), at, sender_id=owner, chat=chat, id=id_)


def _words(text: str, called: Mapping[str, str]) -> str:
    """A text as it was read on the screen, without what it quotes of somebody else."""

    def shown(found: re.Match[str]) -> str:
        what, label = found[1], found[2] or ""
        if what[0] == "@":
            return f"@{called.get(what[1:]) or label}"
        if what[0] == "#":
            return f"#{label}"
        if what[0] == "!":
            return label or f"@{what[1:].partition('^')[0]}"
        bare = what.removeprefix("mailto:").removeprefix("tel:")
        return f"{label} ({bare})" if label and label not in (bare, what) else bare

    plain = _MARKED.sub(shown, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return own_words(_ALL_BELOW.sub("", plain))
