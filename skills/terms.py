"""What a text is found by: Chinese words, English stems, and identifiers whole and in parts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

import rjieba
from opencc import OpenCC
from snowballstemmer import stemmer

INDEXED = 100_000  # characters of one message that are looked at: all that is recorded of one
_LONGEST = 64
_TELLING = 4  # characters

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = rf"[^\W_{_HAN}]+"
_TOKEN = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    r"|(?<![0-9A-Za-z_.])(?P<signed>[A-Za-z]\+\+|[CFJcfj]\#|\.(?:NET|Net|net))(?![0-9A-Za-z_])"
    r"|(?<![0-9A-Za-z_.,])(?P<sum>[0-9]{1,3}(?:,[0-9]{3})+)(?![0-9])"
    rf"|(?P<word>{_WORD}(?:(?:[._/:@\\-]|::|__){_WORD})*)"
)
_PART = re.compile(_WORD)
_INNER = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")  # what a name like NullPointerException is made of
_IN_ONE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_CODE = re.compile(r"[a-z]+([0-9]{3,})")  # E1042 is found by 1042, too
_VERSION = re.compile(r"v([0-9]+(?:\.[0-9]+)+)")
_RELEASE = re.compile(r"(v?)([0-9]{1,3}(?:\.[0-9]{1,4}){2})")
_TIME = re.compile(
    r"(?:19|20)[0-9]{2}(?:[-/.][0-9]{1,2}){0,2}|[0-9]{1,2}[-/][0-9]{1,2}(?:[-/][0-9]{2,4})?|[0-9]+(?:st|nd|rd|th)"
    r"|[0-9]{1,2}(?::[0-9]{2}){1,2}(?:[ap]m)?|[0-9]{1,2}[ap]m"
)
# a name ends where Chinese begins ("@Ana怎么"); one in Chinese at a space, and what is longer is no name alone
_MENTION = re.compile(
    rf"(?<![0-9A-Za-z_.-])@(?:(?![\w.-]+/)[^\s{_HAN}(]+(?:\([^\s)]*\))?|[{_HAN}]{{1,4}}(?![{_HAN}])(?:[^\s{_HAN}]\S*)?)"
)
_CONTRACTED = re.compile(r"n['’]t\b|['’](?:s|re|ve|ll|d|m)\b", re.IGNORECASE)
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63), "-")
_UNSEEN = dict.fromkeys((0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)), "")
_PLAIN = {**_HYPHENS, **_UNSEEN, **dict.fromkeys(range(0xD800, 0xE000), " ")}
_STEM = stemmer("english")
_SIMPLIFIED = OpenCC("t2s")

_STOP = frozenset(
    """
    a about am an and any anyone are as at be been but by ca can could did do does for from had has have he her
    him his how i if in into is it its know me my not of on or our please she should so tell than that the their
    them then there these they this those to us was we were what when where which who whom why will with wo
    would you your 的 了 吗 呢 吧 啊 呀 哦 么 嘛 着 过 我 你 您 他 她 它 我们 你们 他们 她们 咱们 大家 自己 是
    在 有 和 与 及 或 就 都 也 还 很 要 能 会 可以 应该 需要 怎么 怎样 怎么样 怎么办 如何 什么 为什么 为何 啥 哪
    哪里 哪儿 哪个 谁 多少 几 请 请问 问 一下 一个 这 那 这个 那个 这里 那里 这样 那样 把 被 给 让 到 从 对 上
    下 里 去 来 说 知道 告诉 没有 不 没 时候 关于
    """.split()
)
_CHATTER = frozenset(
    """
    1 666 ok okay okk kk yes yep yeah no nope sure thank thanks thx tks 3q ty cool great nice good perfect awesom
    morning night hi hello hey bye lol haha wow done got gotcha agre lgtm roger np welcom welcome sorri well 好 好的
    好滴 好嘞 行 行的 嗯 嗯嗯 对 对的 是的 收到 明白 了解 懂 懂了 同意 附议 赞同 知道了 谢谢 谢 多谢 感谢 辛苦 辛苦了 哈
    哈哈 哈哈哈 呵呵 赞 早 早安 早上 早上好 上好 晚安 你好 在吗 再见 拜拜 没事 没问题 可以 稍等 马上 厉害 牛 恭喜 加油
    抱歉 不好意思 客气 不客气 啦 哒 嘞 呗 哟 喔 噢
    """.split()
)
_OVER_AND_OVER = re.compile(r"(?:哈|嗯|好|对|是|呵|嘿|赞|谢){2,}|6{2,}|(?:ha|he){2,}h?|ok+|lo+l|ye+s|su+re")
_LITTLE = 60  # characters, within which words may be nothing but manners
_MANNERS = re.compile(
    r"\[(?:[a-z]{2,32}|[^\W\d_a-z]{1,8})\]|no (?:problem|worries|rush)|sounds (?:good|great)|makes sense"
    r"|so much|a lot|my (?:bad|pleasure)"
    r"|see you(?: later| soon| tomorrow)?|never ?mind|(?:good|great|nice) (?:job|work|point|idea|one)|fair enough"
    r"|good (?:morning|afternoon|evening|night)(?: (?:everyone|everybody|all|team|guys))?|same here|take care"
    r"|have a (?:nice|good|great) (?:day|evening|weekend)|happy (?:birthday|new year|weekend)"
    r"|(?:周末|假期|节日|新年|生日|中秋|国庆|春节)(?:快乐|愉快)|(?:早上|上午|中午|下午|晚上)好|没毛病|谢谢老师|大家",
)


def terms(text: str, stems: dict[str, str] | None = None) -> Counter[str]:
    """The terms of a text and how often each occurs; none for mere chatter ("ok", 收到, +1, [赞], a mention alone).

    `stems`: of the words of many texts, each made once.
    """
    plain = _plain(text)
    words = list(_tokens(plain, {} if stems is None else stems))
    if _all_manners(words) or (len(plain) <= _LITTLE and _all_manners(_tokens(_MANNERS.sub(" ", plain.lower()), {}))):
        return Counter()
    return Counter([*words, *_besides(plain), *_within(plain)])


def asked(question: str) -> list[str]:
    """The terms a question asks for, each once, in its order; last the other ways of writing its identifiers."""
    plain = _plain(question)
    return list(dict.fromkeys([*_tokens(plain, {}), *_besides(plain)]))


def needed(words: str) -> list[str]:
    """The terms that all have to be in a text that says these words, in the order of the alphabet."""
    return sorted(set(_tokens(_plain(words), {})))


def identifies(term: str) -> bool:
    """Whether a term names one thing by itself: an error code, a version (`e1042`, `v2.3.1`), a `pay-gateway`.

    A year, a date or an hour does not: much was said of each.
    """
    named = any(c.isdigit() for c in term) or not term.isalnum()
    return len(term) >= _TELLING and named and not _TIME.fullmatch(term)


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return str(_SIMPLIFIED.convert(text))


def _plain(text: str) -> str:
    """In one width and one script, without whom it calls on and what nobody sees; upper case is still there."""
    one = unicodedata.normalize("NFKC", text[:INDEXED]).translate(_PLAIN)
    return str(_SIMPLIFIED.convert(_CONTRACTED.sub(" ", _MENTION.sub(" ", one))))


def _all_manners(words: Iterable[str]) -> bool:
    return all(word in _CHATTER or _OVER_AND_OVER.fullmatch(word) for word in words)


def _tokens(plain: str, stems: dict[str, str]) -> Iterator[str]:
    for match in _TOKEN.finditer(plain):
        if match["han"]:
            words = rjieba.cut_for_search(match["han"])
        elif match["word"]:
            words = _latin(match["word"].lower(), stems)
        else:  # a sum by its groups, a signed name by its letters
            words = [part for part in _PART.findall(match[0].lower()) if part not in _STOP]
        yield from (word for word in words if word not in _STOP)


def _besides(plain: str) -> Iterator[str]:
    """How else an identifier may be written: C++ whole, 12,500 in one, 2.3.1 for v2.3.1, a ClassName by its parts."""
    for match in _TOKEN.finditer(plain):
        if match["signed"]:
            yield match[0].lower()
        elif match["sum"]:
            yield match[0].replace(",", "")
        elif (word := match["word"]) and not (word.isalpha() and word.islower()):
            yield from _other_ways(word)


def _within(plain: str) -> Iterator[str]:
    """By what of an identifier it is found besides, though not the other way round: 1042 of E1042, 2.3 of v2.3.1."""
    for match in _TOKEN.finditer(plain):
        if (word := match["word"]) and not word.isalpha():
            if code := _CODE.fullmatch(word.lower()):
                yield code[1]
            elif (version := _RELEASE.fullmatch(word.lower())) and version[2].count(".") == 2:
                shorter = version[2].rpartition(".")[0]
                yield from (version[1] + shorter, shorter) if version[1] else (shorter,)


def _other_ways(word: str) -> Iterator[str]:
    if version := _VERSION.fullmatch(word.lower()):
        yield version[1]
    for part in _PART.findall(word) if _IN_ONE.search(word) else ():
        inner = [one.lower() for one in _INNER.findall(part)] if _IN_ONE.search(part) else []
        yield from (_stem(one, {}) for one in inner if len(one) > 1 and one not in _STOP)


def _latin(word: str, stems: dict[str, str]) -> list[str]:
    """`pay-gateway` is found by itself, by `pay` and by `gateway`; a plain word by its stem."""
    parts = [part for part in _PART.findall(word) if part not in _STOP]
    found = [_stem(part, stems) if part.isascii() and part.isalpha() else part for part in parts]
    if len(parts) < 2:
        return [stem[:_LONGEST] for stem in found]
    return [term[:_LONGEST] for term in (word, *found) if len(term) > 1]


def _stem(word: str, stems: dict[str, str]) -> str:
    stem = stems.get(word)
    if stem is None:
        stem = stems[word] = _STEM.stemWord(word)
    return stem
