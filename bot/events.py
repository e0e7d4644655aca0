"""What admins may order, as the bodies of signed events; nothing here opts anyone in, and none answers who did."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.strict import strict_json
from skills.freezing import Halt, Left, Resume, Returned
from skills.handing import EndHandover
from skills.ordering import DeleteScope, Order, PutScope
from skills.rules import Rules
from skills.ruling import AllowChat, ForbidChat, SetRules
from skills.scopes import ScopeDocument

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
ID = r"^[a-z]{1,20}:[^:]+:.+$"  # platform:tenant:id
Person = Annotated[str, Field(pattern=ID)]
MOST_IDS = 1000  # in one list
LONGEST = 200  # characters of an id or a word


class BadEvent(Exception):
    """The body is strict JSON, but no event: each fault is named with its place."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__(BadEvent.__doc__)
        self.faults = faults


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ScopeData(_Body):
    """A scope. The names `default` and `default-…` narrow the built-in scope, in the chats listed or everywhere."""

    name: Name
    scope: ScopeDocument = ScopeDocument()


class ScopePut(_Body):
    """Write a scope's next version. A narrower one acts on the next question."""

    type: Literal["scope.put"]
    data: ScopeData

    def order(self) -> Order:
        """What is to be done."""
        return PutScope(self.data.name, self.data.scope)


class NameData(_Body):
    """A scope's name."""

    name: Name


class ScopeDelete(_Body):
    """Take a scope away; its versions stay on record."""

    type: Literal["scope.delete"]
    data: NameData

    def order(self) -> Order:
        """What is to be done."""
        return DeleteScope(self.data.name)


class PersonData(_Body):
    """Somebody, by the id that the platform gives them."""

    person: Person


class PersonHalt(_Body):
    """Halt somebody's double: nothing is answered or recorded, nothing erased, and they are told privately."""

    type: Literal["person.halt"]
    data: PersonData

    def order(self) -> Order:
        """What is to be done."""
        return Halt(self.data.person)


class PersonResume(_Body):
    """Take that back: the double goes on as its owner had switched it on."""

    type: Literal["person.resume"]
    data: PersonData

    def order(self) -> Order:
        """What is to be done."""
        return Resume(self.data.person)


class PersonLeft(_Body):
    """Somebody left the company: their double is frozen now and erased after 30 days."""

    type: Literal["person.left"]
    data: PersonData

    def order(self) -> Order:
        """What is to be done."""
        return Left(self.data.person)


class PersonReturned(_Body):
    """They did not, or came back: what was frozen is paused, until they themselves resume it."""

    type: Literal["person.returned"]
    data: PersonData

    def order(self) -> Order:
        """What is to be done."""
        return Returned(self.data.person)


class HandoverEnd(_Body):
    """End what somebody handed over before they left, at their word; the same answer whether they did or not."""

    type: Literal["handover.end"]
    data: PersonData

    def order(self) -> Order:
        """What is to be done."""
        return EndHandover(self.data.person)


class NoData(_Body):
    """Nothing has to be said."""


class EverybodyHalt(_Body):
    """Halt all doubles at once."""

    type: Literal["everybody.halt"]
    data: NoData

    def order(self) -> Order:
        """What is to be done."""
        return Halt()


class EverybodyResume(_Body):
    """Take that back; whoever is halted by themselves stays so."""

    type: Literal["everybody.resume"]
    data: NoData

    def order(self) -> Order:
        """What is to be done."""
        return Resume()


class ChatData(_Body):
    """A chat, by `platform:app:chat`."""

    chat: Annotated[str, Field(pattern=ID)]


class ChatForbid(_Body):
    """Nothing is learned in a chat from now on, nor answered out of what was learned there; nothing is erased."""

    type: Literal["chat.forbid"]
    data: ChatData

    def order(self) -> Order:
        """What is to be done."""
        return ForbidChat(self.data.chat)


class ChatAllow(_Body):
    """Take that back."""

    type: Literal["chat.allow"]
    data: ChatData

    def order(self) -> Order:
        """What is to be done."""
        return AllowChat(self.data.chat)


class RulesData(_Body):
    """Rules for the whole house; what is left out is as it is built in."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    answers_to_one: Annotated[int, Field(ge=1, le=20)] | None = None
    answers_a_day: Annotated[int, Field(ge=1, le=100)] | None = None


class RulesSet(_Body):
    """The rules of the house from now on, in place of all there were."""

    type: Literal["rules.set"]
    data: RulesData

    def order(self) -> Order:
        """What is to be done."""
        return SetRules(Rules(**self.data.model_dump()))


_OfPeople = PersonHalt | PersonResume | PersonLeft | PersonReturned | HandoverEnd | EverybodyHalt | EverybodyResume
_OfTheHouse = ScopePut | ScopeDelete | ChatForbid | ChatAllow | RulesSet
Event = Annotated[_OfPeople | _OfTheHouse, Field(discriminator="type")]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)

_SCOPE = {"sources": {"chats": ["lark:demo:oc_hr"]}, "ceiling": {"level": "withheld"}}
EXAMPLES: dict[str, dict[str, Any]] = {
    "scope.put": {"name": "default-hr", "scope": _SCOPE},
    "scope.delete": {"name": "default-hr"},
    "person.halt": {"person": "lark:demo:ou_ana"},
    "person.resume": {"person": "lark:demo:ou_ana"},
    "person.left": {"person": "lark:demo:ou_ana"},
    "person.returned": {"person": "lark:demo:ou_ana"},
    "handover.end": {"person": "lark:demo:ou_ana"},
    "chat.forbid": {"chat": "lark:demo:oc_hr"},
    "chat.allow": {"chat": "lark:demo:oc_hr"},
    "rules.set": {"retention_days": 365, "answers_to_one": 10, "answers_a_day": 50},
    "everybody.halt": {},
    "everybody.resume": {},
}


def read_event(body: bytes) -> Event:
    """The event in a body. Raises BadJson and BadEvent, which quote nothing of it."""
    faults = [{"at": at, "fault": fault} for at, fault in _unfit(strict_json(body), "")]
    if faults:
        raise BadEvent(faults)
    try:
        return EVENT.validate_json(body)
    except ValidationError as error:
        found = [{"at": ".".join(map(str, e["loc"])), "fault": _fault(e["type"], e["msg"])} for e in error.errors()]
        raise BadEvent(found) from None


def described() -> dict[str, Any]:
    """The body as OpenAPI has it, with an example of every type; its parts stand among the components."""
    schema = EVENT.json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")
    examples = {kind: {"value": {"type": kind, "data": data}} for kind, data in EXAMPLES.items()}
    return {"required": True, "content": {"application/json": {"schema": schema, "examples": examples}}}


def parts() -> dict[str, Any]:
    """The parts of the bodies, by name."""
    found: dict[str, Any] = EVENT.json_schema(ref_template="#/components/schemas/{model}")["$defs"]
    return found


def _fault(kind: str, said: str) -> str:
    """What is wrong, without the value: two of pydantic's sentences repeat it."""
    return "not one of the types there are" if kind.startswith("union_tag") else said


def _unfit(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Strings that are empty, too long or hold what no id and no word does, and lists that are too long."""
    if isinstance(value, str) and not (0 < len(value) <= LONGEST and value.isprintable()):
        yield at, f"between 1 and {LONGEST} printable characters are wanted"
    if isinstance(value, list) and len(value) > MOST_IDS:
        yield at, f"no more than {MOST_IDS} are taken"
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for name, each in inner:
        yield from _unfit(each, f"{at}.{name}".lstrip("."))
