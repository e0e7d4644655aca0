"""Chat exports as rows: Lark's and DingTalk's JSON, `date name：text` in a text file, and tables."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from skills.decoding import MOST_LINES
from skills.rows import COLUMNS, Row, moment, own_words, row_of

_LISTS = ("messages", "records", "data", "items")
_TITLES = ("chat_id", "openConversationId", "chat_name", "conversationTitle", "title", "name")
_DATE = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?)?"
_IN_FRONT = re.compile(rf"^\[?({_DATE})\]?\s+([^\n：:]{{1,60}}?)\s*[：:]\s*")
_LONGEST_HEAD = 200  # characters: who spoke and when stands at the beginning
_ABOVE = re.compile(rf"^([^\n：:]{{1,60}}?)\s+({_DATE})\s*$")
_MOST_COLUMNS, _LONGEST_NAMES = 100, 4_000


def json_rows(text: str) -> list[Row] | None:
    """The rows of a JSON export: a list of messages, or an object that holds one; None: it is none.

    What is no object in it is a row without words.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    chat: str | None = None
    depth = 0
    while isinstance(whole, dict) and depth < 3:
        title = next((whole[name] for name in _TITLES if isinstance(whole.get(name), str)), None)
        chat, depth = title or chat, depth + 1
        whole = next((whole[name] for name in _LISTS if isinstance(whole.get(name), list | dict)), None)
    if not isinstance(whole, list) or len(whole) > MOST_LINES:
        return None
    return [row_of(item, chat) if isinstance(item, dict) else Row("", None) for item in whole]


def text_rows(text: str) -> list[Row] | None:
    """The rows of `2026-03-01 09:00 name：text`, or of a name and a time above the words; None: it is neither."""
    rows: list[Row] = []
    words: list[str] = []
    for line in text.splitlines():
        head = _head(line)
        if head is not None:
            rows, words = _closed(rows, words), [head[1]]
            rows.append(head[0])
        elif rows:
            words.append(line)
    return _closed(rows, words) or None


def table_rows(text: str) -> list[Row] | None:
    """The rows of a table whose first line names a sender, a time and a text; None: it is none."""
    first = text.split("\n", 1)[0][:_LONGEST_NAMES]
    for mark in ("\t", ",", ";"):
        names = _names(first, mark)
        known = [name.strip().casefold() for name in names if name.strip().casefold() in COLUMNS]
        if len(known) >= 3 and len(names) <= _MOST_COLUMNS:
            return list(_table(text, mark))
    return None


def _names(first: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([first.rstrip("\r")], delimiter=mark), [])
    except csv.Error:
        return []  # a carriage return in the middle: no line of a table


def _table(text: str, mark: str) -> Iterator[Row]:
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restkey="")
    try:
        for line in lines:
            given: dict[str, Any] = {name: value for name, value in line.items() if name}
            yield row_of(given)
    except csv.Error:
        yield Row("", None)  # a cell beyond all bounds: what came before it stands


def _head(line: str) -> tuple[Row, str] | None:
    """Who begins to speak in this line, and the first of their words."""
    if found := _IN_FRONT.match(line[:_LONGEST_HEAD]):
        return Row("", moment(found[1]), sender=found[2].strip()), line[found.end() :]
    if len(line) <= _LONGEST_HEAD and (found := _ABOVE.match(line)):
        return Row("", moment(found[2]), sender=found[1].strip()), ""
    return None


def _closed(rows: list[Row], words: list[str]) -> list[Row]:
    """The rows, the last of which has all its words now."""
    if rows:
        last = rows[-1]
        rows[-1] = Row(own_words("\n".join(words)), last.at, sender=last.sender)
    return rows
