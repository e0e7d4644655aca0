"""Personal identifiers taken out of what is recorded: the kind stays, the number does not."""

import re
from collections.abc import Callable
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network

Fits = Callable[[re.Match[str]], bool]

# Han characters count as word characters for `\b`, so that it never fires between 电话 and 138: these do.
_ALONE = r"(?<![0-9A-Za-z_])"
_ENDS = r"(?![0-9A-Za-z_])"
_PART = r"(?<![0-9A-Za-z][-_])(?<!0\.)"  # not the tail of ORD-138… or of a decimal
_NARROW = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})  # as long as what it replaces
_HAN = re.compile("[\u3400-\u9fff]")
_VERSION = re.compile(r"(?:version|ver|release|版本号?|build)[\s:=]{0,3}$", re.IGNORECASE)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DEPARTMENT = r"(?:1[1239]|2[19]|3[1-5]|4[19]|5[1239]|6[129]|7[129]|8[19]|9[123]|A[19]|N[1239]|Y1)"


def masked(text: str) -> str:
    """The text with every phone number, identity card, bank card, e-mail, IP and company number as `[its kind]`.

    Versions, dates, times, ports, commit ids and other numbers stay as they are.
    """
    found = sorted(_found(text.translate(_NARROW)))
    if not found:
        return text
    language = 0 if _HAN.search(text) else 1
    parts, end = [], 0
    for start, stop, names in found:
        if start >= end:
            parts += [text[end:start], f"[{names[language]}]"]
            end = stop
    return "".join([*parts, text[end:]])


def _found(text: str) -> list[tuple[int, int, tuple[str, str]]]:
    """Where what stands, the surer kinds first where two begin together."""
    found: list[tuple[int, int, tuple[str, str]]] = []
    for names, pattern, fits in _KINDS:
        for match in pattern.finditer(text):
            inside = any(start < match.end() and match.start() < stop for start, stop, _ in found)
            if not inside and fits(match):
                found.append((*match.span(), names))
    return found


def _is_identity_card(match: re.Match[str]) -> bool:
    """A birthday that there is, and the check character of ISO 7064 mod 11-2."""
    number = match[0].upper()
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate(number[:17]))
    return 1880 < born.year < 2100 and number[17] == "10X98765432"[total % 11]


def _is_bank_card(match: re.Match[str]) -> bool:
    """A range of numbers that banks give out, of its length, and Luhn's check digit."""
    digits = re.sub("[^0-9]", "", match[0])
    if not any(issuer.fullmatch(digits) for issuer in _ISSUERS):
        return False
    turned = [int(digit) for digit in reversed(digits)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in turned[1::2])
    return (sum(turned[::2]) + sum(doubled)) % 10 == 0


def _is_company(match: re.Match[str]) -> bool:
    """The check character of GB 32100, mod 31."""
    *body, check = (_USCC.index(letter) for letter in match[0])
    return (31 - sum(value * pow(3, n, 31) for n, value in enumerate(body)) % 31) % 31 == check


def _is_mail(match: re.Match[str]) -> bool:
    """`git@host:` names a repository, nobody's mailbox."""
    return match["local"].lower() != "git"


def _is_phone_abroad(match: re.Match[str]) -> bool:
    """As many digits as a number with its country has, and no sum: `+1 234` is none."""
    return 10 <= sum(letter.isdigit() for letter in match[0]) <= 15


def _is_ipv4(match: re.Match[str]) -> bool:
    """An address of some machine: no version, no mask, no network, and not the machine itself."""
    try:
        address = IPv4Address(match["address"])
    except AddressValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_reserved:
        return False
    return not _is_network(match) and _VERSION.search(match.string, max(0, match.start() - 12), match.start()) is None


def _is_network(match: re.Match[str]) -> bool:
    try:
        return bool(match["bits"]) and ip_network(match[0]) is not None
    except ValueError:
        return False


def _is_ipv6(match: re.Match[str]) -> bool:
    """Times have too few colons, and names in C++ no digits."""
    try:
        address = IPv6Address(match[0])
    except AddressValueError:
        return False
    return any(letter.isdigit() for letter in match[0]) and not (address.is_loopback or address.is_unspecified)


_ISSUERS = [
    re.compile(pattern)
    for pattern in (
        r"62[0-9]{14,17}",
        r"4[0-9]{15}",
        r"5[1-5][0-9]{14}",
        r"2(?:2[2-9]|[3-6][0-9]|7[01])[0-9]{13}",
        r"3[47][0-9]{13}",
        r"35[0-9]{14}",
    )
]
_GROUPED = r"(?:[0-9]{4}([ -]?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{1,3})?|3[47][0-9]{2}([ -]?)[0-9]{6}\2[0-9]{5})"
_KINDS: tuple[tuple[tuple[str, str], re.Pattern[str], Fits], ...] = (
    (
        ("邮箱", "e-mail"),
        re.compile(
            r"(?<![A-Za-z0-9._%+-])(?P<local>[A-Za-z0-9._%+-]{1,64})@"
            r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
        ),
        _is_mail,
    ),
    (("身份证号", "ID card"), re.compile(rf"{_ALONE}[1-9][0-9]{{16}}[0-9Xx]{_ENDS}"), _is_identity_card),
    (("银行卡号", "bank card"), re.compile(rf"{_ALONE}{_PART}{_GROUPED}{_ENDS}"), _is_bank_card),
    (
        ("信用代码", "company number"),
        re.compile(rf"{_ALONE}{_DEPARTMENT}[0-9]{{6}}[{_USCC}]{{10}}{_ENDS}"),
        _is_company,
    ),
    (
        ("电话", "phone"),
        re.compile(rf"{_ALONE}{_PART}(?:(?:\+|00)?86[ -]?)?1[3-9][0-9]([ -]?)[0-9]{{4}}\1[0-9]{{4}}{_ENDS}(?!-[0-9])"),
        lambda _: True,
    ),
    (("电话", "phone"), re.compile(rf"{_ALONE}{_PART}0[1-9][0-9]{{1,2}}-[1-9][0-9]{{6,7}}{_ENDS}"), lambda _: True),
    (
        ("电话", "phone"),
        re.compile(rf"{_ALONE}\+[1-9][0-9]{{0,3}}(?:[ -]?(?:\([0-9]{{1,4}}\)|[0-9]{{1,14}})){{1,6}}{_ENDS}"),
        _is_phone_abroad,
    ),
    (
        ("IP", "IP"),
        re.compile(
            rf"{_ALONE}(?<![0-9]\.)(?P<address>[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}})(?P<bits>/[0-9]{{1,2}})?"
            r"(?![0-9A-Za-z_])(?!\.[0-9])"
        ),
        _is_ipv4,
    ),
    (
        ("IP", "IP"),
        re.compile(r"(?<![0-9A-Za-z_:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){1,6}:[0-9A-Fa-f]{1,4}(?![0-9A-Za-z_:])"),
        _is_ipv6,
    ),
)
