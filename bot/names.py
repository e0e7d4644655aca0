"""How colleagues write one another's names: whole and in parts, in pinyin, and as 梅姐, 老张 or 王总."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product

from skills.terms import simplified

_HAN = re.compile(r"[\u3400-\u9fff]+")
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_BETWEEN = re.compile(r"[\s()/|,，、·]+")
_DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 独孤 南宫 东方 端木 百里 东郭 申屠".split()
)
_BEFORE = ("老", "小", "阿", "大")
_AFTER = ("总", "工", "姐", "哥", "老师", "经理", "主任", "同学", "师傅", "博士", "老板", "美女", "帅哥")
_KNOWN = 2_000  # names whose spellings are kept ready


def fold(text: str) -> str:
    """Width, case and traditional characters make no other name."""
    return simplified(unicodedata.normalize("NFKC", text).casefold()).strip()


def spellings(name: str) -> frozenset[str]:
    """A display name as it stands anywhere in a sentence: whole, and by its parts ("Ana Lima (安娜)")."""
    whole = fold(name)
    parts = {part for part in _BETWEEN.split(whole) if len(part) > 1}
    return frozenset({whole, *parts} - {""})


@lru_cache(maxsize=_KNOWN)
def called(name: str) -> frozenset[str]:
    """All the ways in which somebody of this display name is called by name: also in pinyin and politely."""
    forms = set(spellings(name))
    for part in spellings(name):
        if _HAN_NAME.fullmatch(part):
            forms |= _chinese(part)
        elif not _HAN.search(part) and " " not in part:
            forms |= {part + title for title in _AFTER}
    return frozenset(forms)


def _chinese(full: str) -> set[str]:
    """A Chinese name by surname and given name: 王小明 is 小明, 老王, 王总, 明哥, wangxiaoming, xiaoming wang."""
    surname = full[:2] if full[:2] in _DOUBLE_SURNAMES and len(full) > 2 else full[:1]
    given = full[len(surname) :]
    politely = {before + surname for before in _BEFORE} | {before + given[-1] for before in _BEFORE[1:3]}
    politely |= {who + title for who, title in product((surname, given, given[-1], full), _AFTER)}
    return politely | ({given} if len(given) > 1 else set()) | _pinyin(surname, given)


def _pinyin(surname: str, given: str) -> set[str]:
    """In either order, with and without a space; a given name alone only where it has two syllables."""
    from pypinyin import lazy_pinyin  # its tables take a while: only when a name is looked for

    first, last = "".join(lazy_pinyin(surname)), "".join(lazy_pinyin(given))
    apart = " ".join(lazy_pinyin(given))
    pairs = {f"{one}{between}{other}" for one, other in ((first, last), (last, first)) for between in ("", " ")}
    alone = {last, apart} if len(given) > 1 else set()
    return pairs | {f"{first} {apart}", f"{apart} {first}"} | alone


def in_order(name: str) -> tuple[str, str]:
    """What names are sorted by: the Latin alphabet, Chinese ones by their pinyin."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(fold(name))), name


def matching(names: Mapping[str, Sequence[str]], name: str | None, said: str) -> tuple[str, ...]:
    """The ids among `names` (id to all names of theirs, the one on display first) that are meant, in order.

    A name that was asked for decides alone, with the word after it where that tells more ("Zhang San"); without
    one, a name anywhere in the words counts.
    """
    if name is not None:
        hits = _by_name(names, (fold(name),))
        if len(hits) != 1:
            hits = _by_name(names, _longer(fold(name), fold(said))) or hits
    else:
        text = fold(said)
        hits = [i for i, all_ in names.items() if any(_stands_in(s, text) for one in all_ for s in spellings(one))]
    return tuple(sorted(hits, key=lambda i: (in_order(names[i][0] if names[i] else ""), i)))


def _by_name(names: Mapping[str, Sequence[str]], wanted: Iterable[str]) -> list[str]:
    asked = frozenset(wanted)
    return [i for i, all_ in names.items() if any(asked & called(one) for one in all_)]


def _longer(name: str, said: str) -> list[str]:
    """The name with the one or two words that follow it, which may be the rest of it."""
    found = re.search(rf"{re.escape(name)}((?:\s+[a-z]+){{1,2}})", said)
    words = found[1].split() if found else []
    return [" ".join([name, *words[:n]]) for n in range(1, len(words) + 1)]


def without_name(names: Sequence[str], said: str) -> str:
    """The words without the colleague's name, which they hardly ever say themselves; all of them if nothing is left."""
    rest = unicodedata.normalize("NFKC", said)
    for spelling in sorted({s for name in names for s in spellings(name)}, key=len, reverse=True):
        rest = re.sub(_standing(spelling), " ", rest, flags=re.I)
    return rest.strip() or said


def told_apart(names: Sequence[Sequence[str]]) -> list[str]:
    """A label for each of several people: the display name, and what else they are called where two share it."""
    shown = [all_[0] if all_ else "" for all_ in names]
    labels = []
    for n, all_ in enumerate(names):
        alike = [m for m, other in enumerate(shown) if fold(other) == fold(shown[n])]
        more = [a for a in all_[1:] if not any(a in names[m] for m in alike if m != n)]
        suffix = "" if len(alike) == 1 else f" ({more[0]})" if more else f" ({alike.index(n) + 1})"
        labels.append(f"{shown[n]}{suffix}")
    return labels


def _stands_in(spelling: str, text: str) -> bool:
    return bool(re.search(_standing(spelling), text))


def _standing(spelling: str) -> str:
    if _HAN.search(spelling):
        return re.escape(spelling)
    # a Latin name has no letter beside it; Chinese may follow at once ("Ana怎么")
    return rf"(?<![0-9A-Za-z_]){re.escape(spelling)}(?![0-9A-Za-z_])"
