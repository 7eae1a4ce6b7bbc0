"""Every frame of each direction: the source of the JSON Schema, the TypeScript types and docs/protocol.md.

A frame is one WebSocket text message holding one JSON object; `type` says which. Unknown fields are ignored,
unknown types are refused. Times are integers, ms since 1970 by the server's clock, for display only.
"""

from chatserver.wire.alarms import AlarmAcknowledge, Alarms, EmergencyDismiss
from chatserver.wire.assignment import ConversationAssign, ConversationClaim
from chatserver.wire.availability import AvailabilitySet, MeChanged
from chatserver.wire.callbacks import (
    CallbackGet,
    CallbackList,
    CallbackReport,
    CallbackRequest,
    CallbackReveal,
    CallbackTake,
    CallbackTold,
    CallbackWithdraw,
)
from chatserver.wire.colleagues import ColleagueAsk, ColleagueJoin, ColleagueLeave, ColleagueList
from chatserver.wire.consent import ConsentSet
from chatserver.wire.conversation_list import ConversationList, ListGet
from chatserver.wire.departments import ConversationDepartment, DepartmentSet
from chatserver.wire.drafts import DraftSave, DraftShown
from chatserver.wire.ending import ConversationClose, ConversationReopen, OutcomeSet
from chatserver.wire.entries import Entries, Entry, History, HistoryGet, Live
from chatserver.wire.following import ConversationFollow, ConversationUnfollow, Followed, Heads, HeadsGet, Unfollowed
from chatserver.wire.identity import VisitorIdentify
from chatserver.wire.messages import ConversationSeen, MessagePost, NotePost, Seen
from chatserver.wire.offers import OfferAccept, OfferDecline, OfferWithdraw, TransferOffer
from chatserver.wire.offline_messages import (
    OfflineLeave,
    OfflineList,
    OfflineReveal,
    OfflineSettle,
    OfflineTake,
    PhoneShown,
)
from chatserver.wire.opening_hours import Hours
from chatserver.wire.queue import ConversationForward, ConversationOpen, ConversationRelease
from chatserver.wire.ratings import ConversationRate
from chatserver.wire.replies import Accepted, Refused
from chatserver.wire.session import Bye, Ping, Pong, StaffHello, StaffWelcome, VisitorHello, VisitorWelcome
from chatserver.wire.shifts import ShiftCheckIn
from chatserver.wire.typing import Typing, TypingShown
from chatserver.wire.visitor_status import Standing
from chatserver.wire.visits import QuestionTap, VisitPage

VisitorFrame = (
    VisitorHello
    | ConversationOpen
    | OfflineLeave
    | CallbackRequest
    | CallbackWithdraw
    | CallbackGet
    | MessagePost
    | ConversationClose
    | ConversationDepartment
    | ConversationRate
    | ConsentSet
    | HistoryGet
    | HeadsGet
    | Typing
    | ConversationSeen
    | VisitPage
    | QuestionTap
    | VisitorIdentify
    | Pong
    | Bye
)

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
    | ConsentSet
    | EmergencyDismiss
    | AlarmAcknowledge
    | ShiftCheckIn
    | OfflineTake
    | OfflineSettle
    | OfflineReveal
    | CallbackTake
    | CallbackReport
    | CallbackReveal
    | DraftSave
    | ListGet
    | HistoryGet
    | HeadsGet
    | Typing
    | ConversationSeen
    | Pong
    | Bye
)

VisitorServerFrame = (
    VisitorWelcome
    | Standing
    | Hours
    | CallbackTold
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

StaffServerFrame = (
    StaffWelcome
    | Followed
    | Unfollowed
    | ConversationList
    | ColleagueList
    | OfflineList
    | CallbackList
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
