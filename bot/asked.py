"""Who is meant by a question, read from its words alone: it never looks at who has a double."""

import re
import unicodedata
from dataclasses import dataclass

_ENGLISH_VERB = r"(?:please\s+)?ask\s+"
_CHINESE_VERB = r"请?(?:帮我)?(?:问一下|问问|问下|请问|请教|问)\s*"
_VERB = re.compile(rf"^\s*(?:{_ENGLISH_VERB}|{_CHINESE_VERB})", re.I)
_ASKING = re.compile(
    "怎么|怎样|如何|为什么|为啥|什么|啥|谁|哪|几|多少|是否|能否|可以|能不能|有没有|要不要|在不在|是不是|的"
)
# a Latin name ends where Chinese begins ("Ana怎么"), any other word at a space or a mark
_WORD = r"[A-Za-z][A-Za-z.-]*(?=[\u3400-\u9fff])|[^\s，,：:。.？?！!、；;（）()'’&]+"
_NAME = re.compile(rf"@?({_WORD})(?:['’]s\b)?")
_AFTER_NAME = " \t\n\r\f\v\u3000，,：:、；;"
_PAGE = re.compile(
    r"(?:(?:open|show)\s+)?(?:the\s+)?page\b[\s:,\"“]*(.+?)[\"”]*|(?:打开|看)?页面[\s::,「“]*(.+?)[」”]*", re.I
)
_AND = re.compile(r"\s*(?:、|/|&|\+|和|与|跟|及|以及|(?<=\s)and(?=\s))\s*", re.I)
_TWO_HAN = re.compile(r"([\u3400-\u9fff]{2,4})[和与]([\u3400-\u9fff]{2,4})")
_COMMA = re.compile(r"\s*[,，]\s*")
JOINS = re.compile(r"(?:\s|、|/|&|\+|,|，|和|与|跟|及|以及|\band\b)*", re.I)  # what may stand between two mentions
MOST_NAMED = 4  # people in one question
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
    also: tuple[str, ...] = ()  # the others, where it names several


def parse_question(text: str) -> Asked:
    """Split "Ana 怎么回滚" or "ask Ana how …" into a name and the rest.

    The same words give the same name whoever exists, so that a refusal built on it tells nothing about anybody.
    """
    said = unicodedata.normalize("NFKC", text).strip()
    verb = _VERB.match(said)
    rest = said[verb.end() :] if verb else said
    found = _named(rest, glued=verb is not None)
    if found is None:
        return Asked(None, said)
    name, end = found
    two = _TWO_HAN.fullmatch(name)
    names = list(two.groups()) if two else [name.removeprefix("@")]
    while len(names) < MOST_NAMED and (more := _joined(rest, end, names, by_verb=verb is not None)):
        name, end = more
        names.append(name.removeprefix("@"))
    after = rest[end:].lstrip(_AFTER_NAME)
    if not _could_be_a_name(names[0], after, named_by_verb=verb is not None):
        return Asked(None, said)
    return Asked(names[0], after.strip() or said, tuple(names[1:]))


def page_named(question: str) -> str | None:
    """The words of a title, where a page is asked for by it: "page rolling back", 页面 回滚支付."""
    asked_for = _PAGE.fullmatch(unicodedata.normalize("NFKC", question).strip().rstrip("?.。!"))
    return (asked_for[1] or asked_for[2]) if asked_for else None


def asks_somebody(text: str) -> bool:
    """Whether words begin with "ask" or "请问", whoever is to be asked."""
    return bool(_VERB.match(unicodedata.normalize("NFKC", text)))


def _named(rest: str, *, glued: bool, start: int = 0) -> tuple[str, int] | None:
    """The word that may be a name at `start`, and where it ends; `glued`: an asking word may follow it at once."""
    token = _NAME.match(rest, start)
    if token is None:
        return None
    word, end = token[1], token.end()
    if glued and (cut := _ASKING.search(word)) and 0 < cut.start() <= 6:
        return word[: cut.start()], token.start(1) + cut.start()
    return word, end


def _joined(rest: str, end: int, names: list[str], *, by_verb: bool) -> tuple[str, int] | None:
    """Another name that is joined to the last by 和, 、, "and"; a comma joins only after "ask".

    One that an asking word follows at once ("Ana和陈屿怎么…") is one only after "ask", and short: 和 also means with.
    """
    joint = _AND.match(rest, end) or (_COMMA.match(rest, end) if by_verb else None)
    if joint is None or joint.end() == end:
        return None
    found = _named(rest, glued=by_verb and not _COMMA.fullmatch(joint[0]), start=joint.end())
    if found is None:
        return None
    word, stop = found
    stands_alone = stop == len(rest) or not rest[stop].isalnum()
    han = re.fullmatch(r"[\u3400-\u9fff·]{2,4}", word) and (stands_alone or len(word) <= 3)
    latin = re.fullmatch(r"[^\W\d_][\w.-]{0,23}", word) and word.isascii()
    alike = latin and (word[0].isupper() or names[0][0].islower())
    if word.casefold() in _NOT_NAMES or _ASKING.match(word) or not (han or alike):
        return None
    return word, stop


def _could_be_a_name(word: str, after: str, *, named_by_verb: bool) -> bool:
    if word.casefold() in _NOT_NAMES or not after.strip() or _ASKING.match(word):
        return False
    if named_by_verb:
        return len(word) <= 24
    if not re.search(r"\w", after):
        return False  # a word and a question mark ask nothing of anybody: "那周五呢？" goes on from something
    if re.fullmatch(r"[\u3400-\u9fff·]{2,4}", word):
        return True
    return bool(re.fullmatch(r"[^\W\d_][\w.-]{0,23}", word)) and word[0].isupper() and not word.isupper()
