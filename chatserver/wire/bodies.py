"""The list of all JSON bodies of HTTP requests and answers. The struct of each is in the file of its noun."""

from chatserver.wire.drafts import Draft, DraftConflict, DraftPut
from chatserver.wire.files import FilePosted
from chatserver.wire.health import Liveness, Readiness
from chatserver.wire.lookup_codes import LookupCodeMade, LookupCodeStart
from chatserver.wire.replies import HttpRefused
from chatserver.wire.site_words import EmergencyWords, SiteWords
from chatserver.wire.versioned_settings import SettingConflict, SettingPut, SettingShown
from chatserver.wire.visitor_polling import VisitorPoll, VisitorPolled
from chatserver.wire.visitor_session import VisitorSessionStart, VisitorSessionStarted
from chatserver.wire.visits import SiteCountsPost, VisitShown

BODIES = (
    VisitorSessionStart,
    VisitorSessionStarted,
    VisitorPoll,
    VisitorPolled,
    SiteWords,
    EmergencyWords,
    LookupCodeStart,
    LookupCodeMade,
    DraftPut,
    Draft,
    DraftConflict,
    FilePosted,
    VisitShown,
    SiteCountsPost,
    SettingPut,
    SettingShown,
    SettingConflict,
    Liveness,
    Readiness,
    HttpRefused,
)
