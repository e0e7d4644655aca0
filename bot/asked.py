"""Who is meant by a question, read from its words alone: it never looks at who has a double."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_ENGLISH_VERB = r"(?:please\s+)?ask\s+"
_CHINESE_VERB = r"请?(?:帮我)?(?:问一下|问问|问下|请问|请教|问)\s*"
_VERB = re.compile(rf"^\s*(?:{_ENGLISH_VERB}|{_CHINESE_VERB})", re.I)
_ASKING = re.compile(
    "怎么|怎样|如何|为什么|为啥|什么|啥|谁|哪|几|多少|是否|能否|可以|能不能|有没有|要不要|在不在|是不是|的"
)
# a Latin name ends where Chinese begins ("Ana怎么"), any other word at a space or a mark
_WORD = r"[A-Za-z][A-Za-z.-]*(?=[\u3400-\u9fff])|[^\s，,：:。.？?！!、；;（）()'’]+"
_TOKEN = re.compile(rf"^@?({_WORD})(?:['’]s\b)?[\s，,：:、；;]*")
_NOT_NAMES = frozenset(
    """how what who when where why which whose is are was were do does did can could should would will may has have
    had the a an in on at to for from of and or if it its i we you they he she my our your their there this that any
    no not please tell show find give let me us about hi hello hey ok thanks
    怎么 怎样 如何 为什么 为啥 什么 谁 哪里 哪个 哪位 请问 请 我 我们 你 你们 大家 这个 那个 这里 现在 今天 昨天 明天
    最近 关于 支付 有没有 能不能 是不是 可以 可否 你好 您好 谢谢""".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked and whom it names. `name` is as the asker wrote it, None where the words name nobody."""

    name: str | None
    question: str


def parse_question(text: str) -> Asked:
    """Split "Ana 怎么回滚" or "ask Ana how …" into a name and the rest.

    The same words give the same name whoever exists, so that a refusal built on it tells nothing about anybody.
    """
    said = unicodedata.normalize("NFKC", text).strip()
    verb = _VERB.match(said)
    rest = said[verb.end() :] if verb else said
    token = _TOKEN.match(rest)
    if token is None:
        return Asked(None, said)
    word, after = token[1], rest[token.end() :]
    if verb and (cut := _ASKING.search(word)) and 0 < cut.start() <= 6:
        word, after = word[: cut.start()], rest[cut.start() :]
    if not _could_be_a_name(word, after, named_by_verb=verb is not None):
        return Asked(None, said)
    return Asked(word.removeprefix("@"), after.strip() or said)


def _could_be_a_name(word: str, after: str, *, named_by_verb: bool) -> bool:
    if word.casefold() in _NOT_NAMES or not after.strip() or _ASKING.match(word):
        return False
    if named_by_verb:
        return len(word) <= 24
    if re.fullmatch(r"[\u3400-\u9fff·]{2,4}", word):
        return True
    return bool(re.fullmatch(r"[^\W\d_][\w.-]{0,23}", word)) and word[0].isupper() and not word.isupper()


def spellings(name: str) -> frozenset[str]:
    """The ways in which colleagues write a display name: whole, and by its parts ("Ana Lima (安娜)")."""
    whole = unicodedata.normalize("NFKC", name).casefold().strip()
    parts = {p for p in re.split(r"[\s()/|,，、·]+", whole) if len(p) > 1}
    return frozenset({whole, *parts} - {""})


def matching(names: Mapping[str, str], asked: Asked, said: str) -> tuple[str, ...]:
    """The ids among `names` (id to display name) that the asker may mean, in the order of their names.

    A name that opens the question decides alone; otherwise a name anywhere in the words counts.
    """
    if asked.name is not None:
        wanted = asked.name.casefold()
        hits = [i for i, n in names.items() if wanted in spellings(n)]
    else:
        text = unicodedata.normalize("NFKC", said).casefold()
        hits = [i for i, n in names.items() if any(_stands_in(s, text) for s in spellings(n))]
    return tuple(sorted(hits, key=lambda i: (names[i], i)))


def without_name(name: str, said: str) -> str:
    """The words without the colleague's name, which they hardly ever say themselves; all of them if nothing is left."""
    rest = unicodedata.normalize("NFKC", said)
    for spelling in sorted(spellings(name), key=len, reverse=True):
        rest = re.sub(_standing(spelling), " ", rest, flags=re.I)
    return rest.strip() or said


def _stands_in(spelling: str, text: str) -> bool:
    return bool(re.search(_standing(spelling), text))


def _standing(spelling: str) -> str:
    if re.search(r"[\u3400-\u9fff]", spelling):
        return re.escape(spelling)
    # a Latin name has no letter beside it; Chinese may follow at once ("Ana怎么")
    return rf"(?<![0-9A-Za-z_]){re.escape(spelling)}(?![0-9A-Za-z_])"
