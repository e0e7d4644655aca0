"""What a text is found by: Chinese words, English stems, and identifiers whole and in parts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import rjieba
from opencc import OpenCC
from snowballstemmer import stemmer

INDEXED = 8_000  # characters of one message that are looked at
_LONGEST = 64
_TELLING = 4  # characters

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = rf"[^\W_{_HAN}]+"
_TOKEN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>{_WORD}(?:[._/:@\\-]{_WORD})*)")
_PART = re.compile(_WORD)
_MENTION = re.compile(r"(?<!\w)@\S+")
_CONTRACTED = re.compile(r"n['’]t\b|['’](?:s|re|ve|ll|d|m)\b")
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
    1 666 ok okay okk kk yes yep yeah no nope sure thank thanks thx ty cool great nice good morning night hi
    hello hey bye lol haha done got lgtm roger np welcom welcome sorri well 好 好的 好滴 好嘞 行 行的 嗯 嗯嗯 对
    对的 收到 明白 了解 知道了 谢谢 谢 多谢 感谢 辛苦 辛苦了 哈 哈哈 哈哈哈 呵呵 赞 早 早上 早上好 晚安 你好
    在吗 再见 拜拜 没事 没问题 可以 稍等 马上 厉害 牛 恭喜 加油 抱歉 不好意思 客气 不客气
    """.split()
)


def terms(text: str, stems: dict[str, str] | None = None) -> Counter[str]:
    """The terms of a text and how often each occurs; none for mere chatter ("ok", 收到, +1, a mention alone).

    `stems`: of the words of many texts, each made once.
    """
    found = Counter(_tokens(text, {} if stems is None else stems))
    return Counter() if set(found) <= _CHATTER else found


def asked(question: str) -> list[str]:
    """The terms a question asks for, each once, in its order."""
    return list(dict.fromkeys(_tokens(question, {})))


def identifies(term: str) -> bool:
    """Whether a term names one thing by itself: an error code, a version (`e1042`, `v2.3.1`), a `pay-gateway`."""
    return len(term) >= _TELLING and (any(c.isdigit() for c in term) or not term.isalnum())


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return str(_SIMPLIFIED.convert(text))


def _tokens(text: str, stems: dict[str, str]) -> Iterator[str]:
    plain = _CONTRACTED.sub(" ", _MENTION.sub(" ", unicodedata.normalize("NFKC", text[:INDEXED]).lower()))
    for match in _TOKEN.finditer(_SIMPLIFIED.convert(plain)):
        words = rjieba.cut_for_search(match["han"]) if match["han"] else _latin(match["word"], stems)
        yield from (word for word in words if word not in _STOP)


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
