"""Where visitors come from: what the hospital's page reports, and what staff are shown."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chatserver.wire.fields import Frame, Id, Key, Named, Whole

MOST_PAGES = 30
"""The most pages of one trail."""

MOST_PARAMETERS = 12

Address = Annotated[
    str, Meta(max_length=500, description="The origin and path of a page, without query and fragment, or empty")
]
Title = Annotated[str, Meta(max_length=120)]
Host = Annotated[str, Meta(max_length=253, description="The host of another website, or empty")]
Parameters = Annotated[
    dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=100)]],
    Meta(max_length=MOST_PARAMETERS),
]
Device = Literal["phone", "tablet", "desktop"]
Times = Annotated[int, Meta(ge=0, le=100)]


class Touch(Struct, frozen=True, omit_defaults=True):
    """How the visitor came to the site `at` (ms, by the visitor's clock): the `page` they landed on, the `referrer`,
    and the parameters of the address that are on the list. The server drops the others."""

    at: Whole
    page: Address
    title: Title = ""
    referrer: Address = ""
    parameters: Parameters = {}


class PageSeen(Struct, frozen=True, omit_defaults=True):
    """A page of the site that the visitor opened `at` (ms)."""

    page: Address
    at: Whole
    title: Title = ""


class VisitTold(Struct, frozen=True, omit_defaults=True):
    """What the hospital's page kept about the visit until the first message. `first`: how the visitor came; `last`: how
    they came again later in the same visit; `pages`: the trail, oldest first. As UTF-8 it takes at most 8 KiB; a client
    leaves out the oldest pages until the whole frame fits into its 16 KiB."""

    first: Touch
    device: Device
    last: Touch | None = None
    pages: Annotated[tuple[PageSeen, ...], Meta(max_length=MOST_PAGES)] = ()


class VisitPage(Frame, tag="visit.page", frozen=True, omit_defaults=True):
    """The visitor opened another page of the site during the conversation. Not answered; sent too often it is
    dropped."""

    conversation: Id
    page: Address
    title: Title = ""


class QuestionTap(Frame, tag="question.tap", frozen=True, omit_defaults=True):
    """A quick question was tapped, and answered by the client itself. Not answered; it is counted, without saying who
    tapped it. Sent too often it is dropped."""

    question: Key


class SiteCounted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How often each thing happened since the last report: the chat's button was `shown`, the chat was `opened`, an
    invitation was shown (`invited`) and `accepted`."""

    shown: Times = 0
    opened: Times = 0
    invited: Times = 0
    accepted: Times = 0


class SiteCountsPost(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Counters of a page, without anything that identifies the visitor. `page`: its path; `referrer`: the host of the
    website that led to the site; `parameters`: those of the landing page that are on the list, without keywords."""

    site: Key
    page: Address
    counts: SiteCounted
    referrer: Host = ""
    parameters: Parameters = {}


class TouchShown(Struct, frozen=True, omit_defaults=True):
    """How the visitor came, for staff. `referrer`: the host of the website that led here; `keyword`: what the visitor
    searched for, or the keyword that was bid on; `entry`: the name of the button or link by which they came (`e=`)."""

    at: int
    source: Named
    page: str
    title: str = ""
    referrer: str = ""
    keyword: str = ""
    entry: str = ""


class RegionShown(Struct, frozen=True, omit_defaults=True):
    """The region of the visitor's address, by the data of the day `data_date` (YYYY-MM-DD)."""

    province: str
    city: str = ""
    data_date: str = ""


class EarlierConversation(Struct, frozen=True, omit_defaults=True):
    """Another conversation of the same visitor. `readable`: the reader may read it."""

    id: str
    started_at: int
    department: Named
    outcome: str | None = None
    readable: bool = False


class VisitShown(Struct, frozen=True, omit_defaults=True):
    """Where the visitor of a conversation, a 留言 or a call-back came from; `conversation` is empty for the latter two.
    Without `first`, the page reported nothing. `visits`: how many conversations this visitor has had, with this one;
    `earlier`: the latest of the others, newest first. `locked`: pages and keywords are left out, because the visitor
    has refused or withdrawn consent."""

    conversation: str
    visits: int = 1
    first: TouchShown | None = None
    last: TouchShown | None = None
    pages: tuple[PageSeen, ...] = ()
    device: Device | None = None
    region: RegionShown | None = None
    earlier: tuple[EarlierConversation, ...] = ()
    locked: bool = False
