"""Taps and departures that DingTalk pushes become events, each by the person whom the platform vouches for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Click, Departed
from adapters.dingtalk.wire import CARD, LEAVE, Push, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_a_click_from_another_corporation_is_nobodys() -> None:
    """A consent card cannot be tapped by a namesake elsewhere."""
    data = {"corpId": "other", "userId": "ana", "outTrackId": "fsg-1", "spaceId": "cid1"}
    content = '{"cardPrivateData":{"actionIds":["join"]}}'
    (event,) = parse(Push(CARD, "f", {**data, "content": content}), "demo")
    assert isinstance(event, Click)
    assert event.person is None


def test_a_departure_elsewhere_is_none_of_ours() -> None:
    """Another corporation's leaver is not frozen here."""
    assert parse(Push(LEAVE, "e1", {"userId": ["ana"]}, "other"), "demo") == []


@given(st.dictionaries(st.sampled_from(["corpId", "userId", "outTrackId", "spaceId", "content"]), JSON))
def test_any_click_may_be_anything(changes: dict[str, Any]) -> None:
    """A callback whose fields have other types than documented is a click with an action, or nothing."""
    data = {"corpId": "demo", "userId": "ana", "outTrackId": "fsd-1", "content": {"cardPrivateData": {}}}
    for event in parse(Push(CARD, "f", {**data, **changes}), "demo"):
        assert isinstance(event, Click)


def test_a_click_gives_back_action_value_and_form() -> None:
    """Opaque ids survive the one id that the platform carries, and a form's values are text."""
    content = '{"cardPrivateData":{"actionIds":["ask|owner=a%26b&q=1"],"params":{"why":"x","n":3}}}'
    data = {"corpId": "demo", "userId": "ana", "outTrackId": "fsg-1", "spaceId": "cidOps==", "content": content}
    (event,) = parse(Push(CARD, "frame7", data))
    assert event == Click(
        platform="dingtalk",
        event="frame7",
        person="dingtalk:demo:ana",
        chat="dingtalk:demo:cidOps==",
        message="fsg-1",
        action="ask",
        value={"owner": "a&b", "q": "1"},
        form={"why": "x", "n": "3"},
    )


def test_a_click_on_a_direct_card_is_in_the_clickers_direct_chat() -> None:
    """Whatever the space is called there, the chat is the one that messages of this person have."""
    data = {"corpId": "demo", "userId": "ana", "outTrackId": "fsd-1", "spaceId": "cidDirect"}
    (event,) = parse(Push(CARD, "f", {**data, "content": '{"cardPrivateData":{"actionIds":["join"]}}'}))
    assert isinstance(event, Click)
    assert event.chat == "dingtalk:demo:@ana"


def test_an_event_that_names_several_leavers_is_one_event_each() -> None:
    """Each has an id of its own, the same whenever the event comes again."""
    push = Push(LEAVE, "e1", {"userId": ["ana", "bo"]}, "demo")
    expected = [Departed("dingtalk", f"e1:{one}", f"dingtalk:demo:{one}") for one in ("ana", "bo")]
    assert parse(push) == parse(push, "demo") == expected
