"""Every frame, as a type. The source of the JSON Schema, the TypeScript types and docs/protocol.md.

A frame is one WebSocket text message holding one JSON object; `type` says which. Unknown fields are ignored,
unknown types are refused. Times are integers, ms since 1970 by the server's clock, for display only.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

VERSION = 1
VISITOR_FRAME = 16 * 1024
STAFF_FRAME = 64 * 1024

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22,43}$(?!\n)", description="22 to 43 characters of A-Z a-z 0-9 _ -")]
Ref = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{22,43}$(?!\n)", description="Made by the client, one per request; UUIDv7 advised"),
]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$(?!\n)", description="A short name the hospital chose")]
Text = Annotated[str, Meta(max_length=16_384)]
Whole = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Place = Annotated[int, Meta(ge=0, le=2**31 - 1, description="A seq, or 0 for before the first")]
Stars = Annotated[int, Meta(ge=1, le=5)]
Tag = Annotated[str, Meta(min_length=1, max_length=20)]
Language = Literal["zh", "en"]
AvailabilityChosen = Literal["online", "busy", "break", "offline"]
Outcome = Literal[
    "booked",
    "contact_left",
    "answered",
    "left_midway",
    "returning_patient",
    "not_medical",
    "harassment",
    "competitor",
    "test",
]
ServiceName = Literal["free", "busy", "nobody", "closed"]
PriorityName = Literal["normal", "forward", "returned", "emergency"]
OfflineKind = Literal["question", "suggestion", "complaint"]
OfflineResult = Literal["answered", "unreachable", "nothing_to_do"]
AskedFor = Literal["help", "join"]
UnfollowedWhy = Literal["closed", "given", "queued", "left", "not_found"]


class Frame(Struct, tag_field="type", frozen=True, omit_defaults=True):
    """One frame."""


# Shared parts.


class Client(Struct, frozen=True):
    """What program speaks, for the logs."""

    name: Annotated[str, Meta(max_length=40)]
    version: Annotated[str, Meta(max_length=20)]


class Position(Struct, frozen=True):
    """How far a client has read one conversation: every entry up to and with `after`, under `epoch`."""

    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)]
    after: Place


class Person(Struct, frozen=True, omit_defaults=True):
    """Who answers. `id` is told to staff only; `part` after the end, to name whom a rating is for."""

    name: str
    number: str
    title: Literal["consultant", "nurse", "physician"]
    id: str | None = None
    part: int | None = None


class Named(Struct, frozen=True):
    """A group, department or site by its names."""

    id: str
    zh: str
    en: str


class Author(Struct, frozen=True, omit_defaults=True):
    """Who wrote or caused an entry; `person` when that is a consultant."""

    kind: Literal["visitor", "consultant", "system"]
    person: Person | None = None


EventName = Literal[
    "opened",
    "assigned",
    "rung",
    "ring_missed",
    "transfer_offered",
    "transfer_declined",
    "transfer_ended",
    "transferred",
    "returned_to_queue",
    "reply_overdue",
    "went_inactive",
    "idle_warned",
    "closed",
    "reopened",
    "outcome_set",
    "rated",
    "moved_forward",
    "overflowed",
    "group_changed",
    "department_set",
    "emergency_noticed",
    "emergency_dismissed",
    "alarm_acknowledged",
    "nobody_answered",
    "colleague_asked",
    "colleague_joined",
    "colleague_left",
]


class Why(Struct, frozen=True, omit_defaults=True):
    """The numbers behind a giving (docs/routing.md). `load` of `capacity` before it; `among`: how many had room;
    `idle_ms`: since he was last given one; `waited_ms`: how long it had waited; `preferred`: he served this
    visitor before; `skill` and `level`: asked for, and `lacking` when after a time nobody with it was free; `again`:
    he had missed or declined it, and nobody else was there. `emergency`: given at once, past all of this, to somebody
    who had chosen `availability` (none: 在线)."""

    load: int
    capacity: int
    among: int = 0
    waited_ms: int = 0
    idle_ms: int | None = None
    preferred: bool = False
    skill: str | None = None
    level: int | None = None
    lacking: bool = False
    again: bool = False
    emergency: bool = False
    availability: str | None = None


class Event(Struct, frozen=True, omit_defaults=True):
    """What happened; which fields are there depends on `name` and on who reads (docs/protocol.md)."""

    name: EventName
    department: str | None = None
    group: str | None = None
    language: str | None = None
    greeting: str | None = None
    consultant: Person | None = None
    previous: Person | str | None = None
    by: Person | str | None = None
    how: str | None = None
    why: Why | str | None = None
    reason: str | None = None
    note: str | None = None
    offer: str | None = None
    ends_at: int | None = None
    waited_ms: int | None = None
    fence: int | None = None
    outcome: Outcome | None = None
    stars: int | None = None
    tags: tuple[str, ...] | None = None
    comment: str | None = None
    preferred: str | None = None
    previous_group: str | None = None
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    alarm: str | None = None
    consultants: tuple[Person, ...] | None = None
    asked_for: AskedFor | None = None
    closes_at: int | None = None
    joined: bool | None = None
    part: int | None = None
    crowded: bool = False


# From a visitor and from staff.


class MessagePost(Frame, tag="message.post", frozen=True, omit_defaults=True):
    """Say something. Answered by `accepted` after it is stored. Staff carry the `fence` they last saw, and in `draft`
    the `at` of the draft it was: the draft is forgotten with it, and one that is another by now refuses it."""

    ref: Ref
    conversation: Id
    body: Text
    fence: Place | None = None
    draft: Whole | None = None


class ConversationClose(Frame, tag="conversation.close", frozen=True, omit_defaults=True):
    """End it. A visitor sends neither `fence` nor `outcome`; staff send both."""

    ref: Ref
    conversation: Id
    fence: Place | None = None
    outcome: Outcome | None = None


class HistoryGet(Frame, tag="history.get", frozen=True, omit_defaults=True):
    """Ask for entries after `after` (oldest first), or the last ones before `before`. Answered by `history`."""

    ref: Ref
    conversation: Id
    after: Place | None = None
    before: Place | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class HeadsGet(Frame, tag="heads.get", frozen=True, omit_defaults=True):
    """Ask "am I current?", after a wake-up. Answered by `heads`, and by what is missing."""

    ref: Ref
    at: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()


class Typing(Frame, tag="typing", frozen=True, omit_defaults=True):
    """I am, or am no longer, writing; never what. Not answered, not stored."""

    conversation: Id
    on: bool


class ConversationSeen(Frame, tag="conversation.seen", frozen=True, omit_defaults=True):
    """I have this on my screen up to and with `seq`. Not answered, not stored; my other sessions are told."""

    conversation: Id
    seq: Place


class Pong(Frame, tag="pong", frozen=True, omit_defaults=True):
    """The answer to `ping`."""

    n: Whole


class Bye(Frame, tag="bye", frozen=True, omit_defaults=True):
    """I leave (signed out). The socket is closed with 1000; grace and linger run as for any leaving."""


# From a visitor only.


class VisitorHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. `resume`: what of which conversations is held already. `rating`: when the visitor
    has ended it, and the token with it, come in all the same, to rate and for nothing else. `instance`: made at
    random by each page that is loaded, the same at each of its connections."""

    version: Whole
    token: Annotated[str, Meta(max_length=64)]
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    rating: bool = False
    instance: Id | None = None


class ConversationOpen(Frame, tag="conversation.open", frozen=True, omit_defaults=True):
    """The first message of a new conversation. When one is open already, the message goes into that. Without a
    `department`, or with one that the site no longer offers, it is for `unsure`."""

    ref: Ref
    body: Text
    department: Key | None = None
    language: Language = "zh"


class ConversationRate(Frame, tag="conversation.rate", frozen=True, omit_defaults=True):
    """Rate whoever answered, after the end, within 24 h; a second rating replaces the first. Without a `part` it is for
    whoever answered last."""

    ref: Ref
    conversation: Id
    stars: Stars
    tags: Annotated[tuple[Tag, ...], Meta(max_length=3)] = ()
    comment: Annotated[str, Meta(max_length=500)] = ""
    part: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class OfflineLeave(Frame, tag="offline.leave", frozen=True, omit_defaults=True):
    """留言: leave a message for when somebody serves again. With `conversation` it is linked to that, which
    ends if it still waits. `department` as in `conversation.open`. Answered by `accepted` with `answer_by`."""

    ref: Ref
    kind: OfflineKind
    body: Text
    department: Key | None = None
    name: Annotated[str, Meta(max_length=40)] = ""
    phone: Annotated[str, Meta(max_length=20)] = ""
    language: Language = "zh"
    conversation: Id | None = None


VisitorFrame = (
    VisitorHello
    | ConversationOpen
    | OfflineLeave
    | MessagePost
    | ConversationClose
    | ConversationRate
    | HistoryGet
    | HeadsGet
    | Typing
    | ConversationSeen
    | Pong
    | Bye
)


# From staff only.


class StaffHello(Frame, tag="hello", frozen=True, omit_defaults=True):
    """The first frame, within 5 s. Who it is comes from the session cookie of the upgrade. `instance` as for
    visitors."""

    version: Whole
    client: Client
    resume: Annotated[tuple[Position, ...], Meta(max_length=50)] = ()
    instance: Id | None = None


class ConversationFollow(Frame, tag="conversation.follow", frozen=True, omit_defaults=True):
    """Send me this conversation's entries from after `after` on, and what comes. Answered by `following`."""

    ref: Ref
    conversation: Id
    epoch: Annotated[str, Meta(max_length=43)] = ""
    after: Place = 0


class ConversationUnfollow(Frame, tag="conversation.unfollow", frozen=True, omit_defaults=True):
    """No more of it."""

    conversation: Id


class ConversationClaim(Frame, tag="conversation.claim", frozen=True, omit_defaults=True):
    """接入: take it from the queue. Exactly one wins; the others get `offer_gone` with who."""

    ref: Ref
    conversation: Id


class ConversationReopen(Frame, tag="conversation.reopen", frozen=True, omit_defaults=True):
    """重新打开: go on with what the clock or staff ended, while the visitor could (`reopen_until` of the row). It is
    mine at once, as by a claim. Refused with `asked_anew` when the visitor has asked something new since."""

    ref: Ref
    conversation: Id
    fence: Place


class OutcomeSet(Frame, tag="outcome.set", frozen=True, omit_defaults=True):
    """Say how a conversation ended, or correct that: whoever had it last, or a supervisor, for 7 days."""

    ref: Ref
    conversation: Id
    outcome: Outcome


class NotePost(Frame, tag="note.post", frozen=True, omit_defaults=True):
    """Write an internal note; the visitor can never see it. `draft` as in `message.post`."""

    ref: Ref
    conversation: Id
    body: Text
    draft: Whole | None = None


class TransferOffer(Frame, tag="transfer.offer", frozen=True, omit_defaults=True):
    """转接: hold it out to a colleague or a group (exactly one of the two), with a note why."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text
    consultant: Id | None = None
    group: Key | None = None


class OfferAccept(Frame, tag="offer.accept", frozen=True, omit_defaults=True):
    """Take what is held out to me: a ring or a transfer."""

    ref: Ref
    conversation: Id
    offer: Id


class OfferDecline(Frame, tag="offer.decline", frozen=True, omit_defaults=True):
    """Do not take it. A transfer wants a `reason`."""

    ref: Ref
    conversation: Id
    offer: Id
    reason: Text = ""


class OfferWithdraw(Frame, tag="offer.withdraw", frozen=True, omit_defaults=True):
    """Take my transfer offer back."""

    ref: Ref
    conversation: Id
    offer: Id


class AvailabilitySet(Frame, tag="availability.set", frozen=True, omit_defaults=True):
    """在线 / 忙碌 / 小休 / 离线, with a reason if wanted."""

    ref: Ref
    availability: AvailabilityChosen
    reason: Annotated[str, Meta(max_length=100)] = ""


class ConversationAssign(Frame, tag="conversation.assign", frozen=True, omit_defaults=True):
    """A supervisor gives a waiting conversation to somebody by hand; beyond what he could claim himself only with
    `above`, else refused with `no_room`."""

    ref: Ref
    conversation: Id
    fence: Place
    consultant: Id
    above: bool = False


class ConversationForward(Frame, tag="conversation.forward", frozen=True, omit_defaults=True):
    """优先接待: a supervisor puts a waiting conversation further ahead."""

    ref: Ref
    conversation: Id


class ConversationRelease(Frame, tag="conversation.release", frozen=True, omit_defaults=True):
    """The owner gives it back, to the head of the queue, with a note for whoever comes next."""

    ref: Ref
    conversation: Id
    fence: Place
    note: Text


class ColleagueAsk(Frame, tag="colleague.ask", frozen=True, omit_defaults=True):
    """协助 (`help`): a colleague reads along and answers in notes. 三方会话 (`join`): he is asked to join, too."""

    ref: Ref
    conversation: Id
    consultant: Id
    asked_for: AskedFor
    note: Text


class ColleagueJoin(Frame, tag="colleague.join", frozen=True, omit_defaults=True):
    """Join as the second consultant, named to the visitor: whoever was asked to, or a supervisor."""

    ref: Ref
    conversation: Id


class ColleagueLeave(Frame, tag="colleague.leave", frozen=True, omit_defaults=True):
    """I am out of it again; with `consultant`, the owner lets a colleague go."""

    ref: Ref
    conversation: Id
    consultant: Id | None = None


class DepartmentSet(Frame, tag="department.set", frozen=True, omit_defaults=True):
    """It is about this department, one of those the site offers. It stays in its group; a transfer moves it."""

    ref: Ref
    conversation: Id
    department: Key


class EmergencyDismiss(Frame, tag="emergency.dismiss", frozen=True, omit_defaults=True):
    """误报: a supervisor says that it is no emergency."""

    ref: Ref
    conversation: Id


class AlarmAcknowledge(Frame, tag="alarm.acknowledge", frozen=True, omit_defaults=True):
    """I have seen this alarm, by its `id`. Its tone is silent for 60 s at everybody's screen; only an answer to the
    visitor, a dismissal or the end takes the alarm away."""

    ref: Ref
    id: Id


class ShiftCheckIn(Frame, tag="shift.check_in", frozen=True, omit_defaults=True):
    """签到: I am here for my shift; makes me 在线, too. From five minutes before it begins."""

    ref: Ref


class OfflineTake(Frame, tag="offline.take", frozen=True, omit_defaults=True):
    """I see to this 留言 from now on."""

    ref: Ref
    id: Id


class OfflineSettle(Frame, tag="offline.settle", frozen=True, omit_defaults=True):
    """It is done: how, and what was said or found."""

    ref: Ref
    id: Id
    result: OfflineResult
    note: Text


class OfflineReveal(Frame, tag="offline.reveal", frozen=True, omit_defaults=True):
    """Show me the whole phone number of this 留言, which is mine to call. Answered by `phone`; written down, and so
    many in an hour."""

    ref: Ref
    id: Id


class DraftSave(Frame, tag="draft.save", frozen=True, omit_defaults=True):
    """Keep what is being written, on the server, per conversation and mode; empty forgets it. `after`: the `at` of the
    kept draft that it grew from (0: there was none); refused when another one is kept by now. Without it, whatever is
    kept is replaced. `turned`: the `at` of the draft of the other mode that it was until now, forgotten with this.
    Answered by `accepted` with its `at`."""

    ref: Ref
    conversation: Id
    mode: Literal["reply", "note"]
    body: Text
    after: Whole | None = None
    turned: Whole | None = None


class ListGet(Frame, tag="list.get", frozen=True, omit_defaults=True):
    """Send me a list whole again; I have missed something."""

    ref: Ref
    list: Literal["conversations", "colleagues", "offline"]


StaffFrame = (
    StaffHello
    | ConversationFollow
    | ConversationUnfollow
    | ConversationClaim
    | ConversationReopen
    | OutcomeSet
    | MessagePost
    | NotePost
    | TransferOffer
    | OfferAccept
    | OfferDecline
    | OfferWithdraw
    | ConversationClose
    | AvailabilitySet
    | ConversationAssign
    | ConversationForward
    | ConversationRelease
    | ColleagueAsk
    | ColleagueJoin
    | ColleagueLeave
    | DepartmentSet
    | EmergencyDismiss
    | AlarmAcknowledge
    | ShiftCheckIn
    | OfflineTake
    | OfflineSettle
    | OfflineReveal
    | DraftSave
    | ListGet
    | HistoryGet
    | HeadsGet
    | Typing
    | ConversationSeen
    | Pong
    | Bye
)


# From the server, to both.


class Limits(Struct, frozen=True):
    """Numbers a client should know before it is refused: code points, and frames sent but not yet accepted."""

    message: int
    note: int
    unaccepted: int = 8


class Following(Struct, frozen=True, omit_defaults=True):
    """One conversation whose entries will come. `recovered`: what follows completes what you hold; else drop
    your copy and take what comes as the whole; `why`: epoch, ahead, or gap_too_big (then page backwards)."""

    conversation: str
    epoch: str
    head: int
    recovered: bool
    why: str | None = None


class Accepted(Frame, tag="accepted", frozen=True, omit_defaults=True):
    """Done and stored. `repeat`: it had been done before under this ref; this is the first answer again.
    `seq` is the place of the entry it made (0: none), `fence` the present one for staff, `answer_by` (ms) when a
    留言 will be answered at the latest, `emergency` of which kind its words are, if they are such."""

    ref: str
    conversation: str = ""
    seq: int = 0
    id: str = ""
    at: int = 0
    fence: int | None = None
    repeat: bool = False
    answer_by: int | None = None
    emergency: str | None = None


class Refused(Frame, tag="refused", frozen=True, omit_defaults=True):
    """Not done, nothing stored. `ref` is missing when the frame had none that could be read."""

    code: str
    retry: Literal["no", "same", "later"]
    ref: str | None = None
    retry_ms: int | None = None
    details: dict[str, str | int] = {}


class Entry(Frame, tag="entry", frozen=True, omit_defaults=True):
    """One line of a transcript. Apply it only when `seq` is the last applied plus one: smaller, drop it;
    larger, hold it and ask `history.get`. `body` for messages and notes, `event` for events."""

    conversation: str
    epoch: str
    seq: int
    id: str
    kind: Literal["message", "note", "event"]
    at: int
    author: Author
    body: str | None = None
    event: Event | None = None
    ref: str | None = None


class Entries(Frame, tag="entries", frozen=True, omit_defaults=True):
    """Several entries of one conversation at once, in order, without holes: a replay."""

    conversation: str
    epoch: str
    entries: tuple[Entry, ...]


class Live(Frame, tag="live", frozen=True, omit_defaults=True):
    """The replay of this conversation is over at `seq`; what comes now is new."""

    conversation: str
    epoch: str
    seq: int


class History(Frame, tag="history", frozen=True, omit_defaults=True):
    """The answer to `history.get`. `more`: there is more in the direction asked."""

    ref: str
    conversation: str
    epoch: str
    entries: tuple[Entry, ...]
    more: bool


class Head(Struct, frozen=True):
    """The last place of one conversation, as this reader counts."""

    conversation: str
    epoch: str
    head: int


class Heads(Frame, tag="heads", frozen=True, omit_defaults=True):
    """The answer to `heads.get`; conversations that may not be read are not named."""

    ref: str
    heads: tuple[Head, ...]


class TypingShown(Frame, tag="typing", frozen=True, omit_defaults=True):
    """The other side is, or is no longer, writing. Forget it after 6 s by yourself."""

    conversation: str
    on: bool
    by: Person | None = None


class Seen(Frame, tag="seen", frozen=True, omit_defaults=True):
    """Another of my sessions has had this on its screen up to and with `seq`: it is unread here no longer."""

    conversation: str
    seq: int


class Ping(Frame, tag="ping", frozen=True, omit_defaults=True):
    """Answer with `pong` and the same `n`."""

    n: int


# To visitors.


class SiteShown(Struct, frozen=True):
    """What the widget needs of its site: its departments and their groups by name; the campus's phones."""

    id: str
    zh: str
    en: str
    greeting_zh: str
    greeting_en: str
    phone: str
    emergency_phone: str
    departments: tuple[Named, ...]
    groups: tuple[Named, ...]


class DepartmentHours(Struct, frozen=True, omit_defaults=True):
    """Whether a department is served at this hour. `changes_at`: when it closes, or opens again (none: not within the
    next weeks); `closing`: that is so near that newcomers are offered a 留言 first; `answer_by`: when a 留言 left now
    will be answered at the latest. `service`: whether somebody has a free place now, all are busy, nobody is there, or
    it is closed."""

    department: str
    open: bool
    closing: bool = False
    changes_at: int | None = None
    answer_by: int | None = None
    service: ServiceName | None = None


class Hours(Frame, tag="hours", frozen=True, omit_defaults=True):
    """The hours of the site's departments as they are now; sent when something of them changes."""

    departments: tuple[DepartmentHours, ...]


class Rateable(Struct, frozen=True, omit_defaults=True):
    """Somebody who answered and can be rated (`part`) until `until` (ms); `stars`: the rating given."""

    part: int
    person: Person
    until: int
    stars: int | None = None


class Standing(Frame, tag="conversation", frozen=True, omit_defaults=True):
    """How the visitor's conversation stands now. While it is waiting, `ahead`: how many wait before him, `wait_ms`
    the estimate when there is an honest one, `service` whether somebody has a place free, all are busy, nobody is here,
    or it is outside the opening hours; `nobody` is the third of these, for older clients. After the end,
    `rating_until` and `reopen_until` (ms). `rose`: his place has just become worse, and why. `message_offered`: the
    wait is so long that a 留言 is offered before anything else. `joined`: who answers beside `served_by`. After the
    end `served_by` is whoever answered last, and `rating_until` is there when that one is asked about or was rated
    (`stars`); `rateable`: everybody who can be rated, that one last.
    """

    conversation: str
    state: Literal["waiting", "active", "closed"]
    department: str
    served_by: Person | None = None
    group: str | None = None
    ahead: int | None = None
    wait_ms: int | None = None
    nobody: bool = False
    service: ServiceName | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    rating_until: int | None = None
    reopen_until: int | None = None
    stars: int | None = None
    rose: PriorityName | None = None
    message_offered: bool = False
    joined: tuple[Person, ...] = ()
    rateable: tuple[Rateable, ...] = ()


class VisitorWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a visitor's `hello`. `standing` is his latest conversation, if he has one; its entries
    follow, ended by `live`. `ends_at`: when the token ends if he does nothing. `takes_seen`: `conversation.seen` is
    known here; an earlier server refuses it. `rating`: he has ended it, and the token with it; nothing but a rating is
    taken here, until `ends_at`, and nothing is told."""

    version: int
    connection: str
    now: int
    ping_ms: int
    ends_at: int
    limits: Limits
    site: SiteShown
    hours: tuple[DepartmentHours, ...] = ()
    following: tuple[Following, ...] = ()
    standing: Standing | None = None
    takes_seen: bool = False
    rating: bool = False


VisitorServerFrame = (
    VisitorWelcome
    | Standing
    | Hours
    | Accepted
    | Refused
    | Entry
    | Entries
    | Live
    | History
    | Heads
    | TypingShown
    | Seen
    | Ping
)


# To staff.


class OfferShown(Struct, frozen=True, omit_defaults=True):
    """An open offer on a row. `mine`: held out to me (or to my group, and I have not declined)."""

    id: str
    kind: Literal["ring", "transfer"]
    ends_at: int
    mine: bool
    by: Person | None = None
    consultant: Person | None = None
    group: str | None = None
    note: str = ""


class ParticipantShown(Struct, frozen=True, omit_defaults=True):
    """A colleague who takes part beside the owner: reading along (`help`), asked to join, or joined. `note`: why."""

    person: Person
    asked_for: AskedFor
    joined: bool = False
    note: str = ""


class Row(Struct, frozen=True, omit_defaults=True):
    """One conversation in the console's list. `label` names the visitor (访客 and four characters);
    `unanswered_since`: the first message that nobody has answered, the waiting clock; `head`: its last seq;
    `rank_at`: while it waits, the smallest of its group is given next, then by `id`; `emergency`: the kind of words
    that made it one, and
    their `level`; `crowded`: many such came from one address, so it has no priority.
    `supervisor_alarmed`: whether a supervisor who is connected has its alarm (none: there is no alarm), and who
    acknowledged that. After the end, `closed_by`: visitor, consultant or system; `outcome`: how it ended, if that was
    said; `reopen_until`: until when staff may go on with it (ms)."""

    id: str
    label: str
    site: str
    department: str
    group: str
    language: str
    state: Literal["waiting", "active", "closed"]
    opened_at: int
    queued_at: int
    fence: int
    head: int
    last_line: str
    last_at: int
    visitor_here: bool
    owner: Person | None = None
    offer: OfferShown | None = None
    unanswered_since: int | None = None
    replied: bool = False
    overdue: bool = False
    inactive: bool = False
    priority: PriorityName = "normal"
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    crowded: bool = False
    rank_at: int | None = None
    participants: tuple[ParticipantShown, ...] = ()
    hops: int = 0
    closed_at: int | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    reopen_until: int | None = None
    ended_unanswered: bool = False
    supervisor_alarmed: bool | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: int | None = None


class SkillShown(Struct, frozen=True):
    """What somebody knows well, and how well: 1 to 5."""

    id: str
    level: int


class ShiftShown(Struct, frozen=True, omit_defaults=True):
    """班次: one shift of somebody (ms). `check_in_from`: 签到 opens; `receives_from`: new conversations come."""

    name: str
    starts_at: int
    ends_at: int
    check_in_from: int
    receives_from: int
    checked_in_at: int | None = None


class Colleague(Struct, frozen=True, omit_defaults=True):
    """A colleague, for the transfer picker. `why_not`: why nothing can be offered to him now; `shift`: the one that
    runs, or comes next today."""

    id: str
    name: str
    number: str
    title: str
    role: str
    groups: tuple[str, ...]
    availability: str
    present: bool
    load: int
    capacity: int
    why_not: str | None = None
    skills: tuple[SkillShown, ...] = ()
    languages: tuple[str, ...] = ()
    shift: ShiftShown | None = None


class GroupShown(Struct, frozen=True):
    """A group, how it receives, and whether I am in it."""

    id: str
    zh: str
    en: str
    mode: str
    mine: bool


class Me(Struct, frozen=True, omit_defaults=True):
    """Who I am and how I stand. `availability` may be `paused`: the system did that after missed rings. `reason`: what
    was said about it; `shift`: mine that runs or comes next today."""

    id: str
    name: str
    number: str
    title: str
    role: str
    groups: tuple[str, ...]
    capacity: int
    load: int
    availability: str
    availability_since: int
    misses: int = 0
    reason: str = ""
    shift: ShiftShown | None = None


class Draft(Struct, frozen=True):
    """An unsent text of mine, as kept `at` (ms); each change of it has a later one."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0


class StaffClocks(Struct, frozen=True):
    """When the waiting clock changes colour (ms): first reply and follow-up, each amber, red, alarm; and how
    much above the capacity one may claim."""

    first: tuple[int, int, int]
    follow_up: tuple[int, int, int]
    ring_ms: int
    transfer_ms: int
    above_capacity: int


class StaffWelcome(Frame, tag="welcome", frozen=True, omit_defaults=True):
    """The answer to a staff `hello`; both lists follow whole, then what was resumed. `takes_seen` as for visitors."""

    version: int
    connection: str
    now: int
    ping_ms: int
    limits: Limits
    clocks: StaffClocks
    me: Me
    groups: tuple[GroupShown, ...]
    departments: tuple[Named, ...]
    sites: tuple[Named, ...]
    skills: tuple[Named, ...] = ()
    drafts: tuple[Draft, ...] = ()
    following: tuple[Following, ...] = ()
    offered: dict[str, tuple[str, ...]] = {}
    takes_seen: bool = False


class Followed(Frame, tag="following", frozen=True, omit_defaults=True):
    """The answer to `conversation.follow`; the entries follow, ended by `live`."""

    ref: str
    following: Following


class Unfollowed(Frame, tag="unfollowed", frozen=True, omit_defaults=True):
    """It may not be read any more; `last` is the seq of the last entry that was sent. If it may be read again on this
    connection, the entries go on from there, ended by `live`. `why`: closed; given (somebody else has it); queued (it
    waits again); left (its reader takes no part any more); not_found (named in `resume`, and not to be read)."""

    conversation: str
    why: UnfollowedWhy
    last: int = 0


class ConversationList(Frame, tag="conversations", frozen=True, omit_defaults=True):
    """The console's list. `whole`: these are all; else `put` replaces or adds rows and `gone` removes them,
    on top of `version - 1`. Another version held: send `list.get`."""

    version: int
    whole: bool = False
    put: tuple[Row, ...] = ()
    gone: tuple[str, ...] = ()


class ColleagueList(Frame, tag="colleagues", frozen=True, omit_defaults=True):
    """The colleagues, in the same manner."""

    version: int
    whole: bool = False
    put: tuple[Colleague, ...] = ()
    gone: tuple[str, ...] = ()


class OfflineShown(Struct, frozen=True, omit_defaults=True):
    """留言: one message that was left. `phone` is masked; its owner asks for the whole one by `offline.reveal`;
    `due_at`: when it should be answered. `emergency` and `level`: of which kind its words are, and how urgent;
    `crowded`: many such came from one address."""

    id: str
    site: str
    department: str
    group: str
    kind: OfflineKind
    language: str
    body: str
    left_at: int
    due_at: int
    name: str = ""
    phone: str = ""
    owner: Person | None = None
    conversation: str | None = None
    settled_at: int | None = None
    settled_by: Person | None = None
    result: OfflineResult | None = None
    note: str = ""
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    crowded: bool = False


class OfflineList(Frame, tag="offline", frozen=True, omit_defaults=True):
    """The 留言 of my groups that are open, and those settled today; in the manner of `conversations`."""

    version: int
    whole: bool = False
    put: tuple[OfflineShown, ...] = ()
    gone: tuple[str, ...] = ()


class PhoneShown(Frame, tag="phone", frozen=True, omit_defaults=True):
    """The answer to `offline.reveal`."""

    ref: str
    id: str
    phone: str


class Alarm(Struct, frozen=True, omit_defaults=True):
    """Something that calls for a person, without a word of the visitor's. `id` is that of the conversation, or of the
    留言. `kind`: emergency; overdue (a visitor waits too long for an answer); silent (nobody of two answered); offline
    (a 留言 with words of an emergency). `emergency` and `level` are those of the words; `since` (ms) when it began;
    `may_open`: whether its reader may open or take it."""

    id: str
    kind: Literal["emergency", "overdue", "silent", "offline"]
    label: str
    group: str
    department: str
    since: int
    state: Literal["waiting", "active", "left"]
    emergency: str | None = None
    level: Literal["critical", "attention"] | None = None
    owner: Person | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: int | None = None
    may_open: bool = False


class Alarms(Frame, tag="alarms", frozen=True, omit_defaults=True):
    """All alarms that this session should know of, whole each time they change; sent after `welcome` when there are
    any."""

    alarms: tuple[Alarm, ...] = ()


class MeChanged(Frame, tag="me", frozen=True, omit_defaults=True):
    """How I stand, after any change to it."""

    me: Me


class DraftShown(Frame, tag="draft", frozen=True, omit_defaults=True):
    """A draft of mine was kept from another of my sessions; with an empty `body` and without `at`: it was sent or
    emptied there. Whoever is writing there keeps the own text, and is told."""

    conversation: str
    mode: Literal["reply", "note"]
    body: str
    at: int = 0


StaffServerFrame = (
    StaffWelcome
    | Followed
    | Unfollowed
    | ConversationList
    | ColleagueList
    | OfflineList
    | PhoneShown
    | Alarms
    | MeChanged
    | DraftShown
    | Accepted
    | Refused
    | Entry
    | Entries
    | Live
    | History
    | Heads
    | TypingShown
    | Seen
    | Ping
)
