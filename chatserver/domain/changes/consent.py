"""What visitors agree to."""

from chatserver.domain.consent import Consent, with_latest
from chatserver.domain.conversation import Agreed, Conversation
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed


def consent_changed(before: Conversation, event: ConsentChanged, at: int) -> tuple[Agreed]:
    latest = Consent(event.consent, event.decision, at, event.version, event.sha256, event.language)
    return (Agreed(with_latest(before.agreed.consents, latest)),)


def notice_agreed(before: Conversation, event: NoticeAgreed, at: int) -> tuple[Agreed]:
    latest = Consent("notice", "given", at, event.version, event.sha256, event.language)
    return (Agreed(with_latest(before.agreed.consents, latest)),)


def guardian_asked(before: Conversation, event: GuardianAsked, at: int) -> tuple[Agreed]:
    latest = Consent("guardian", "asked", at, event.version, event.sha256, event.language)
    return (Agreed(with_latest(before.agreed.consents, latest)),)
