"""How pages are laid out, for their owner alone: the list, one page with its evidence, its edits and its versions."""

from collections.abc import Mapping, Sequence

from adapters.base import Button, Card, Field, Quote
from bot import cards
from bot.page_lines import LETTERS, written_part
from bot.sentences import Language, say
from bot.support.differing import differ
from bot.support.vague import vague
from skills.page_words import Listed, Page, State, Version, Why
from skills.titling import Kind

KINDS: Mapping[Kind, str] = {
    "howto": "page_howto",
    "decision": "page_decision",
    "facts": "page_facts",
    "answers": "page_answers",
}
STATES: Mapping[State, str] = {
    "new": "page_new",
    "active": "page_active",
    "withheld": "page_withheld",
    "merged": "page_why_into",
}
WHYS: Mapping[Why, str] = {
    "built": "page_why_built",
    "grown": "page_why_grown",
    "used": "page_why_used",
    "withheld": "page_why_withheld",
    "shared": "page_why_shared",
    "titled": "page_why_titled",
    "pinned": "page_why_pinned",
    "unpinned": "page_why_unpinned",
    "dropped": "page_why_dropped",
    "merged": "page_why_merged",
    "into": "page_why_into",
    "back": "page_why_back",
    "corrected": "page_why_corrected",
    "written": "page_why_written",
}
MOST_NEW = 3  # named on the card about new ones
MOST_LISTED = 8
MOST_LINES = 6  # on one screen
MOST_VERSIONS = 5
MOST_MERGED = 3
MOST_VAGUE = 2
SHORT = 60  # characters of a line where it is only named


def new(language: Language, pages: Sequence[Listed]) -> Card | None:
    """The one card about pages that their owner has not seen; None where there are none any more."""
    if not pages:
        return None
    one = len(pages) == 1
    title = say(language, "pages_new_one") if one else say(language, "pages_new_title", n=len(pages))
    lines = [_line(language, page) for page in pages[:MOST_NEW]] + _more(language, len(pages) - MOST_NEW)
    buttons = [_show(language, page, "primary") for page in pages[:MOST_NEW]]
    every = Button("pages", say(language, "pages_title"), {"language": language}, command="/pages")
    return Card(title, "\n".join(lines), note=say(language, "pages_new_note"), buttons=(*buttons, every))


def listed(language: Language, pages: Sequence[Listed], name: str, how_far: str = "") -> Card:
    """All pages, each by one tap; how far a model has come with them."""
    title = say(language, "pages_title")
    if not pages:
        return Card(title, say(language, "pages_none"))
    lines = [_line(language, page) for page in pages[:MOST_LISTED]] + _more(language, len(pages) - MOST_LISTED)
    note = say(language, "pages_note", name=name or say(language, "pages_you"))
    lines += ["", how_far] if how_far else []
    return Card(
        title, "\n".join(lines), note=note, buttons=tuple(_show(language, page) for page in pages[:MOST_LISTED])
    )


def page(language: Language, there: Page, quotes: Sequence[Quote], chat: str) -> Card:
    """One page: every line with when it was said and the way there; what may be done with it."""
    of = there.listed
    texts = {"kind": say(language, KINDS[of.kind]), "state": say(language, STATES[of.state])}
    lines = [say(language, "page_text", chat=chat or say(language, "this_chat"), **texts)]
    lines += written_part(language, there.told)
    if differ([line.text for line in there.lines]) or differ([line.text for line in there.told]):
        lines.append(say(language, "not_agreed"))
    if there.kept_back and of.state != "withheld":
        lines.append(say(language, "page_kept_back", n=len(there.kept_back)))
    lines += _vague(language, there)
    lines += _more(language, len(quotes) - MOST_LINES)
    note = {"new": "pages_new_note", "active": "page_new_words", "withheld": "page_withheld_note"}.get(of.state, "")
    return Card(
        of.title,
        "\n".join(lines),
        quotes=tuple(quotes[:MOST_LINES]),
        note=say(language, note) if note else "",
        buttons=tuple(_ways(language, there)),
    )


def edit(language: Language, there: Page, others: Sequence[Listed]) -> Card:
    """A title to be typed, a button for each line, and the pages of the same chat that may be merged in."""
    id_, title = there.listed.id, there.listed.title
    lines = [say(language, "page_edit_text"), ""]
    lines += [f"{mark}. {_short(line.text)}" for mark, line in zip(LETTERS, there.told, strict=False)]
    lines += [f"{n}. {_short(line.text)}" for n, line in enumerate(there.lines, 1)]
    save = Button("page_retitle", say(language, "page_retitle"), _value(language, there), style="primary")
    drops = [
        _do(language, there, "dropped", say(language, "page_drop", n=n), f"/page {id_} drop {n}", number=str(n))
        for n in range(1, min(len(there.lines), MOST_LINES) + 1)
    ]
    drops += [
        _do(
            language,
            there,
            "dropped",
            say(language, "page_drop", n=mark),
            f"/page {id_} drop {mark}",
            line=line.id,
        )
        for mark, line in zip(LETTERS[:MOST_LINES], there.told, strict=False)
    ]
    merges = [
        _do(
            language,
            there,
            "merged",
            say(language, "page_merge", what=_short(other.title, 14)),
            f"/page {id_} merge {other.id}",
            other=other.id,
        )
        for other in others[:MOST_MERGED]
    ]
    field = Field("title", say(language, "page_field"), title)
    heading = say(language, "page_edit_title", title=title)
    return Card(heading, "\n".join(lines), fields=(field,), buttons=(save, *drops, *merges))


def history(language: Language, there: Page, versions: Sequence[Version]) -> Card:
    """What each version changed, the latest first, each with the way back to it."""
    lines: list[str] = []
    for n, one in enumerate(versions[:MOST_VERSIONS]):
        told = {"n": one.version, "day": cards.day(one.at), "why": say(language, WHYS[one.why])}
        lines.append(say(language, "page_history_line", **told))
        before = versions[n + 1].title if n + 1 < len(versions) else None
        if one.title != before:
            lines.append(f"  {say(language, 'page_titled_as', title=one.title)}")
        lines += [f"  {say(language, 'page_added', text=_short(line.text))}" for line in one.added]
        lines += [f"  {say(language, 'page_removed', text=_short(line.text))}" for line in one.removed]
        lines += [f"  {say(language, 'page_wrote', text=_short(line.text))}" for line in one.wrote]
        lines += [f"  {say(language, 'page_unwrote', text=_short(line.text))}" for line in one.unwrote]
    lines += _more(language, len(versions) - MOST_VERSIONS)
    back = [
        _do(
            language,
            there,
            "back",
            say(language, "page_back", n=one.version),
            f"/page {there.listed.id} back {one.version}",
            number=str(one.version),
        )
        for one in versions[1:MOST_VERSIONS]
    ]
    title = say(language, "page_history_title", title=there.listed.title)
    return Card(title, "\n".join(lines), buttons=(*back, _show(language, there.listed)))


def _ways(language: Language, there: Page) -> list[Button]:
    """What may be done with a page as it stands."""
    id_, state, value = there.listed.id, there.listed.state, {"page": there.listed.id, "language": language}
    ways = []
    if state == "new":
        ways.append(_do(language, there, "used", say(language, "page_use"), f"/page {id_} use"))
    if state == "withheld":
        ways.append(_do(language, there, "shared", say(language, "page_share"), f"/page {id_} share"))
    else:
        ways.append(_do(language, there, "withheld", say(language, "page_withhold"), f"/page {id_} withhold"))
        pin, label = ("unpinned", "page_unpin") if there.listed.pinned else ("pinned", "page_pin")
        ways.append(_do(language, there, pin, say(language, label), f"/page {id_} {label[5:]}"))
        ways.append(Button("page_edit", say(language, "page_edit"), value, command=f"/page {id_} edit"))
    ways.append(Button("page_history", say(language, "page_history"), value, command=f"/page {id_} history"))
    ways.append(Button("pages", say(language, "pages_title"), {"language": language}, command="/pages"))
    return ways


def _vague(language: Language, there: Page) -> list[str]:
    """Lines of which nobody but their owner can know what they mean."""
    found = [(n, words) for n, line in enumerate(there.lines, 1) if (words := vague(line.text))]
    return [say(language, "page_vague", n=n, words=words) for n, words in found[:MOST_VAGUE]]


def _do(language: Language, there: Page, why: str, label: str, command: str, **more: str) -> Button:
    value = {**_value(language, there), "why": why, **more}
    return Button("page_do", label, value, style="primary" if why in ("used", "shared") else "default", command=command)


def _value(language: Language, there: Page) -> dict[str, str]:
    return {"page": there.listed.id, "seen": str(there.version), "language": language}


def _show(language: Language, of: Listed, style: str = "default") -> Button:
    value = {"page": of.id, "language": language}
    label = say(language, "page_show", what=_short(of.title, 18))
    return Button("page", label, value, style="primary" if style == "primary" else "default", command=f"/page {of.id}")


def _line(language: Language, of: Listed) -> str:
    told: Mapping[str, object] = {
        "pin": say(language, "pages_pin") if of.pinned else "",
        "title": of.title,
        "kind": say(language, KINDS[of.kind]),
        "lines": of.lines,
        "state": say(language, STATES[of.state]),
    }
    return say(language, "pages_line", **told)


def _more(language: Language, left: int) -> list[str]:
    return [say(language, "and_more", left=left)] if left > 0 else []


def _short(text: str, most: int = SHORT) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
