"""回电: calls that visitors ask for."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from chatserver.wire.consent import SentConsents, Sha256
from chatserver.wire.fields import EventBase, Frame, Id, Key, Language, Ref, Text
from chatserver.wire.people import Person
from chatserver.wire.visits import VisitTold

CallbackDay = Literal["soonest", "today", "tomorrow"]
CallbackPart = Literal["morning", "afternoon", "evening"]


class CallbackRequest(Frame, tag="callback.request", frozen=True, omit_defaults=True):
    """回电: please call me at this number. `part` counts unless `day` is `soonest`; `may_name`: the hospital's name may
    be said to whoever answers; `body`: what it is about, in a few words; `department` and `visit` as in
    `offline.leave`; `consent` as in `message.post`; `asked`: the SHA-256 of the consent to the call that was shown. A
    second one replaces the first. Answered by `accepted` with `call_from` and `answer_by`, between which the call is
    promised."""

    varies: ClassVar[frozenset[str]] = Frame.varies | {"visit"}
    droppable: ClassVar[frozenset[str]] = frozenset({"visit"})

    ref: Ref
    phone: Annotated[str, Meta(max_length=20)]
    day: CallbackDay = "soonest"
    part: CallbackPart = "morning"
    may_name: bool = False
    name: Annotated[str, Meta(max_length=40)] = ""
    body: Text = ""
    department: Key | None = None
    language: Language = "zh"
    conversation: Id | None = None
    consent: SentConsents = ()
    asked: Sha256 | None = None
    visit: VisitTold | None = None


class CallbackWithdraw(Frame, tag="callback.withdraw", frozen=True, omit_defaults=True):
    """The visitor does not want to be called any more."""

    ref: Ref
    id: Id


class CallbackGet(Frame, tag="callback.get", frozen=True, omit_defaults=True):
    """Ask for my open call-back. Answered by `callback`."""

    ref: Ref


class CallbackTold(Frame, tag="callback", frozen=True, omit_defaults=True):
    """The visitor's open call-back; without `id` there is none. `phone`: masked; `call_from`, `answer_by` (ms): when
    the call is promised, missing if it does not open within the next weeks."""

    ref: str
    id: str | None = None
    phone: str = ""
    call_from: int | None = None
    answer_by: int | None = None


class CallbackTake(Frame, tag="callback.take", frozen=True, omit_defaults=True):
    """Take this call-back: I call."""

    ref: Ref
    id: Id


class CallbackReport(Frame, tag="callback.report", frozen=True, omit_defaults=True):
    """Report what came of the call. After the first `not_reached` it is promised for the next day; the second ends it.
    `do_not_call`: 不再联系. `note` is for staff, and needed with `reached`."""

    ref: Ref
    id: Id
    result: Literal["reached", "not_reached", "do_not_call"]
    note: Text = ""


class CallbackReveal(Frame, tag="callback.reveal", frozen=True, omit_defaults=True):
    """Ask for the complete phone number of a call-back that I have taken. Answered by `phone`. Each request is
    recorded, and their number per hour is limited."""

    ref: Ref
    id: Id


class CallbackShown(Struct, frozen=True, omit_defaults=True):
    """回电: a call that a visitor asked for. `phone` is masked, and empty while `lock` says why nobody may call; its
    owner gets the complete number by `callback.reveal`. `from_at`, `due_at`: when the call is promised (ms); `soonest`:
    the visitor wants it as soon as possible; `was_stopped`: an earlier one to this number ended with 不再联系;
    `emergency` and `level`: the kind of emergency that the topic sounds like, and how urgent."""

    id: str
    site: str
    department: str
    group: str
    language: str
    asked_at: int
    from_at: int
    due_at: int
    state: Literal["open", "done", "not_reached", "withdrawn"] = "open"
    phone: str = ""
    soonest: bool = False
    may_name: bool = False
    name: str = ""
    topic: str = ""
    owner: Person | None = None
    conversation: str | None = None
    attempts: int = 0
    tried_at: int | None = None
    ended_at: int | None = None
    ended_by: Person | None = None
    do_not_call: bool = False
    note: str = ""
    was_stopped: bool = False
    lock: Literal["abuse_alert"] | None = None
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None


class CallbackList(Frame, tag="callbacks", frozen=True, omit_defaults=True):
    """The call-backs of my groups: the open ones, and those that ended today. The list works like `conversations`."""

    version: int
    whole: bool = False
    put: tuple[CallbackShown, ...] = ()
    gone: tuple[str, ...] = ()


class CallbackRequestedEvent(EventBase, tag="callback_requested", frozen=True, omit_defaults=True):
    """The visitor asked to be called, at this number (masked), between `from_at` and `due_at` (ms); both are missing if
    it does not open within the next weeks."""

    phone: str
    from_at: int | None = None
    due_at: int | None = None
