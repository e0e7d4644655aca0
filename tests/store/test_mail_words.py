"""The words of a mail: what its sender wrote for it, and nothing that they quote, sign with or attach."""

import time
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from skills.imports import read_file
from tests.store.test_files import whose, words
from tests.store.test_mail import QUOTES, mail, read


@pytest.mark.parametrize("quote", QUOTES)
def test_what_is_quoted_or_signed_is_nobodys_word_here(quote: str) -> None:
    """In plain text and as a page; what the owner wrote above it stays."""
    for body in (f"先停网关。\n\n{quote}", f"先停网关。\n\n{quote.replace('Bo', 'Cy')}"):
        lines = read(mail(body))
        assert (words(lines), "secret" in repr(lines)) == (["先停网关。"], False)
    page = "<br>".join(quote.replace("<", "&lt;").replace(">", "&gt;").split("\n"))
    lines = read(mail(f"<p>先停网关。</p>{page}", "Content-Type: text/html"))
    assert (words(lines), "secret" in repr(lines)) == (["先停网关。"], False)


def test_an_answer_below_or_between_quotes_is_kept() -> None:
    """As soon as an empty line shows that the quote has ended."""
    body = "On Sunday Bo wrote:\n> how?\n\nBy the script.\n\n> when?\n\nAt nine.\n"
    assert words(read(mail(body))) == ["By the script.\n\nAt nine."]


@pytest.mark.parametrize(
    "headers",
    [
        ["Subject: Re: a secret"],
        ["Subject: 回复：secret"],
        ["Subject: secret", "In-Reply-To: <1@x>"],
        ["Subject: FW: secret"],
    ],
)
def test_a_subject_that_somebody_else_gave_stays_out(headers: list[str]) -> None:
    """And of a mail that is passed on nothing is kept, unless it shows where that begins."""
    lines = read(mail("先停网关。", *headers), mail("a note\n\n---- forwarded ----\na secret", *headers))
    assert "secret" not in repr(lines)
    assert words(lines) == (["a note"] if "FW" in headers[0] else ["先停网关。", "a note"])


@pytest.mark.parametrize(
    "inside",
    [
        'Content-Type: text/plain\nContent-Disposition: attachment; filename="s.txt"\n\na secret',
        "Content-Type: message/rfc822\n\nFrom: Bo <bo@x>\n\na secret",
        "Content-Type: text/csv\n\na secret",
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n%%%",
    ],
)
def test_of_what_is_attached_nothing_is_read(inside: str) -> None:
    """Beside the words or in their place."""
    headers = 'Content-Type: multipart/mixed; boundary="b"'
    for first in ("\n先停网关。", inside):
        lines = read(mail(f"--b\n{first}\n--b\n{inside}\n--b\n\na secret\n--b--\n", headers))
        assert (words(lines), "secret" in repr(lines)) == (["先停网关。"] if first != inside else [], False)


@pytest.mark.parametrize(
    "page",
    [
        "<blockquote>a secret</blockquote>a secret",
        '<div class="gmail_quote">a secret</div>',
        "<div id='divRplyFwdMsg'>a secret",
        "<hr>a secret",
        "<style>a {secret}</style><script>secret</script><!-- a <b>secret</b> -->",
    ],
)
def test_of_a_page_only_what_stands_before_its_first_quote_is_read(page: str) -> None:
    """And what nobody sees on it is no word."""
    lines = read(mail(f"<head><title>secret</title></head><p>先停&amp;网关</p>{page}", "Content-Type: text/html"))
    assert (words(lines), "secret" in repr(lines)) == (["先停&网关"], False)


# what is read


@pytest.mark.parametrize(
    "who", ["From: Ana <a@b.example>", "From: =?gbk?b?sLLEyA==?= <a@b.example>", "From: 安娜 <a@b.example>"]
)
@pytest.mark.parametrize(
    ("charset", "told"),
    [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("big5", "big5"), ("iso-2022-jp", "iso-2022-jp"), ("utf-8", "us-ascii"),
     ("utf-8", "iso-8859-1"),
     ("gb18030", "no-such"), ("utf-8", "punycode"), ("gb18030", "utf-8")],
)  # fmt: skip
def test_words_are_read_in_the_charset_that_they_are_in(who: str, charset: str, told: str) -> None:
    """Also where the mail tells another; with the subject above them, the time, and an id that tells nothing."""
    body = b64encode("先停再回".encode(charset)).decode()
    headers = [
        "Subject: =?utf-8?b?5Zue5rua?=",
        "Message-ID: <1@corp.example>",
        f'Content-Type: text/plain; charset="{told}"',
    ]
    data = mail(body, *headers, "Content-Transfer-Encoding: base64", who=who)
    (said,) = read(data.replace("安娜".encode(), "安娜".encode("gb18030"))).saids
    assert (said.text, said.at, said.source) == ("回滚\n先停再回", datetime(2026, 3, 1, 9, tzinfo=UTC), "file")
    assert said.message.startswith("file:mail:")
    assert "corp" not in said.message
    data = mail(
        b64encode("茅台".encode("gbk")).decode(),
        "Content-Type: text/plain; charset=gbk",
        headers[0],
        "Content-Transfer-Encoding: base64",
    )
    assert words(read(data)) == ["回滚\n茅台"]  # whose bytes could be UTF-8 as well


def test_of_alternatives_the_plain_one_is_read() -> None:
    """However deep it lies; without one, the page."""
    plain, page = "Content-Type: text/plain\n\n先停网关", "Content-Type: text/html\n\n<p>先停<b>网关</b></p>"
    for parts in ([page, plain], [page]):
        inner = "".join(f"--c\n{one}\n" for one in parts)
        body = f'--b\nContent-Type: multipart/alternative; boundary="c"\n\n{inner}--c--\n--b--\n'
        assert words(read(mail(body, "Content-Type: multipart/related; boundary=b"))) == ["先停网关"]


@pytest.mark.parametrize("one", ["<a ", "<!--", "<a b='", "<div>", "a:\n\n> b\n\n", "\n", "a wrote:\n> b\n", "To: x\n"])
def test_no_words_are_read_for_long(one: str) -> None:
    """Neither a page nor a letter makes a pattern try without end."""
    begun = time.process_time()
    for kind in ("html", "plain"):
        read_file(mail(one * (900_000 // len(one)), f"Content-Type: text/{kind}"), whose())
    assert time.process_time() - begun < 20
