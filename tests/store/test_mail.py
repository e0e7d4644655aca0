"""Mail: what comes in is what the owner sent, nothing that they received, and no hostile file does harm."""

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.decoding import MOST_LINES
from skills.imports import Lines, NotReadable, read_file
from skills.mail import MOST_MAILS, MOST_PARTS
from skills.mail_words import LONGEST_BODY
from tests.store.test_files import ANA, DEV, OPS, whose, words, zipped

FROM = 'From: "Ana" <ana@corp.example>'
DATE = "Date: Sun, 1 Mar 2026 17:00:00 +0800"
SEPARATOR = "From ana@corp.example Sun Mar  1 09:00:00 2026"


def mail(body: str, *headers: str, who: str = FROM, date: str = DATE) -> bytes:
    """A mail of Ana's."""
    return "\n".join([who, date, "MIME-Version: 1.0", *headers, "", body]).encode()


def mbox(*mails: bytes) -> bytes:
    """Mails in one file."""
    return b"".join(SEPARATOR.encode() + b"\n" + one + b"\n\n" for one in mails)


def read(*mails: bytes) -> Lines:
    """They are read alike, alone or in one file or archive."""
    one, other = (
        read_file(data, whose()) for data in (mbox(*mails), zipped(*((f"{n}.eml", m) for n, m in enumerate(mails))))
    )
    assert one == other
    return one


QUOTES = [
    "> a secret\n> of Bo's",
    "> a secret that was too long for its line and\nof Bo's secret is broken",
    "On Sun, 1 Mar 2026 at 09:00, Bo Chen <bo@secret.example> wrote:\n> a secret",
    "On Sun, 1 Mar 2026 at 09:00, Bo Secret\n<bo@secret.example> wrote:\n\na secret",
    "Bo Secret a écrit :\n> a secret",
    "Le secret de Bo, dit :\n\n> a secret",
    "在 2026年3月1日，陈屿 <secret@corp.example> 写道：\n> a secret",
    "在 2026年3月1日 周日 09:00，\n陈屿 <secret@corp.example>\n写道：\na secret",
    "-----Original Message-----\nBo: a secret",
    "------------------ 原始邮件 ------------------\na secret",
    "________________________________\na secret",
    "发件人：陈屿\n发送时间：2026年3月1日\na secret",
    "*From:* Bo Chen\na secret",
    "Subject: a secret\nTo: Ana\n\na secret",
    "Begin forwarded message:\n\na secret",
    "-- \nAna, the secret's keeper",
    "Sent from my iPhone\na secret",
    "\u200b> a secret",
]


# refusals


@pytest.mark.parametrize(
    "who",
    [
        'From: "Bo" <bo@corp.example>',
        "From: ana@corp.example",
        'From: "ana" <ana@corp.example>',
        'From: "Ana Lima" <ana@corp.example>',
        "From: =?utf-8?q?An=D0=B0?= <ana@corp.example>",
        "From: =?no-such?q?Ana?= <ana@corp.example>",
        'From: "Ana" <ana@corp.example>, "Bo" <bo@corp.example>',
        'From: "Ana" <ana@corp.example>\nFrom: "Ana" <ana@corp.example>',
        'From: "Ana" <ana@corp.example>\nSender: assistant@corp.example',
        'From: "Ana" <ana@corp.example>\nDelivered-To: bo@corp.example',
        'From: "Ana" <ana@corp.example>\nauthentication-results: mx.example; spf=fail',
        "From: " + '"Ana" ' * 400 + "<ana@corp.example>",
        'To: "Ana" <ana@corp.example>\nFrom: <>',
        'From: "Ana"',
    ],
)
def test_mail_that_is_not_plainly_from_the_owner_is_counted_and_dropped(who: str) -> None:
    """By another name, by several hands, or as somebody received it, who may be told any name."""
    lines = read(mail("not hers", who=who))
    assert (lines.saids, lines.others) == ((), 1)


def test_one_name_under_two_addresses_may_be_two_people() -> None:
    """It is not guessed which of them is the owner; in one archive neither, though each is a file of its own."""
    lines = read(mail("hers"), mail("not hers", who="From: Ana <ana@evil.example>"))
    assert (lines.saids, lines.others) == ((), 2)


def test_mail_that_is_broken_is_nobodys_notes() -> None:
    """Where a line is no header or something stands before an mbox, others' words would be read as the owner's own."""
    bo = mail("# Plans\na secret", who="From: Bo <bo@x>")
    for data in (
        b"broken\n\n" + mbox(bo),
        mbox(b"# no header\n" + bo, bo),
        b"X: y\nbroken\n" + bo,
        b"\xef\xbb\xbf\n" + bo,
    ):
        lines = read_file(data, whose())
        assert lines.saids == ()
        assert lines.others > 0


def test_a_file_of_too_many_mails_lines_or_parts_is_refused_as_a_whole() -> None:
    """And in one that goes too deep its parts are not looked for."""
    with pytest.raises(NotReadable):
        read_file(mbox(mail("hi")) * (MOST_MAILS + 1), whose())
    with pytest.raises(NotReadable):
        read_file(mail("\n" * MOST_LINES), whose())
    parts = mail("--b\n\n" * (MOST_PARTS + 1), "Content-Type: multipart/mixed; boundary=b")
    with pytest.raises(NotReadable):
        read_file(parts, whose())
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(25))
    lines = read_file(mail(deep + "\nhi", deep.partition("\n")[0]), whose())
    assert (lines.saids, lines.bad) == ((), 1)
    lines = read(mail("x" * (LONGEST_BODY + 1)), mail("hi", f'Content-Type: text/plain; name="{"x" * 300}"'))
    assert (lines.saids, lines.bad, lines.others) == ((), 1, 1)  # a letter and a header that are too long


# what is read


def test_mail_is_kept_once_and_only_with_a_time_and_a_chat() -> None:
    """It names no chat of ours: until its owner chooses one nothing is kept."""
    one = mail("hi", "Message-ID: <1@x>")
    lines = read(
        one, one, mail("hi", date="Date: soon"), mail("hi", date="X: y"), mail("ho", date="Date: 1 Mar 2026 09:00")
    )
    assert (words(lines), lines.repeated, lines.undated) == (["hi", "ho"], 1, 2)
    lines = read_file(one, whose(into=None))
    assert (lines.saids, lines.unplaced) == ((), 1)
    assert len(read(mail("长" * 50_000, "Message-ID: <2@x>")).saids) == 3


# whatever arrives

_LINES = st.lists(
    st.sampled_from([
        FROM, DATE, SEPARATOR, "", "From: Bo <bo@x>", "Content-Type: multipart/mixed; boundary=b", "--b", "--b--", "hi",
        "Content-Type: text/html; charset=utf-7", "Content-Transfer-Encoding: base64", "Content-Type: message/rfc822",
        "Subject: =?utf-8?b?//?=", "<p>", "> q", "On Sunday Bo wrote:", "=?", "Message-ID: (", "Date: 99", "\ud7ff\x00",
    ]) | st.text(max_size=20),
    max_size=16,
)  # fmt: skip


@settings(max_examples=100, deadline=timedelta(seconds=2))
@given(_LINES, st.sampled_from(QUOTES), st.binary(max_size=40))
def test_no_mail_breaks_the_reader_and_of_others_nothing_is_in_it(lines: list[str], quote: str, noise: bytes) -> None:
    """Whatever stands in it, what Ana quotes at its end and what Bo writes beside it is nowhere in what comes out."""
    hers = "\n".join([FROM, DATE, *lines]).encode("utf-8", "replace") + noise
    theirs = mail("a secret of Bo's", who="From: Bo <bo@x>")
    quoting = mail("hi\n\n" + quote)
    for data in (hers, mbox(hers, theirs, quoting), zipped(("a", hers), ("b", theirs), ("c", quoting))):
        try:
            found = read_file(data, whose())
        except NotReadable:
            continue
        assert "secret" not in repr(found)
        assert all(said.person == ANA and said.chat in (OPS, DEV) and said.text.strip() for said in found.saids)


@pytest.mark.parametrize("one", ['"', "(", "=?a?q?", "<", "a@b,", ';"'])
@pytest.mark.parametrize(
    "header", ["From: Ana <a@b> %s", "From: Ana <a@b>\nSubject: %s", "From: Ana <a@b>\nContent-Type: %s"]
)
def test_no_headers_are_read_for_long(one: str, header: str) -> None:
    """In thousands of mails, each as long as a header may be or longer."""
    mails = mbox(mail("hi", who=header % (one * (280 // len(one))))) * 3_000
    begun = time.process_time()
    read_file(mails + mbox(mail("hi", who=header % (one * (20_000 // len(one))))) * 300, whose())
    assert time.process_time() - begun < 20


def test_no_parts_are_read_for_long() -> None:
    """One within the other, each of their lines is held against all that may end."""
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(200))
    begun = time.process_time()
    read_file(mail(deep + "\n" + "x\n" * 1_900_000, 'Content-Type: multipart/mixed; boundary="b"'), whose())
    assert time.process_time() - begun < 20
