"""同意: what a visitor agreed to, refused or withdrew, and what follows for staff. Consent never holds back a message:
without it, a message is delivered all the same.

Each decision refers to the text that the visitor was shown, by the SHA-256 of that text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

ConsentKind = Literal["notice", "health", "behalf", "guardian"]
"""The privacy notice; the use of health data; 代问 (the visitor asks for somebody else); a guardian, for those under
14."""

Decision = Literal["asked", "given", "refused", "withdrawn"]
"""`asked`: staff have asked for it and the visitor has not decided."""

ConsentStanding = Literal["agreed", "refused", "withdrawn", "not_asked"]
"""What staff are shown of the notice and the health data together. Without any, nothing was recorded."""

Lock = Literal["health_refused", "health_withdrawn", "notice_withdrawn", "guardian_refused"]
"""Why staff may neither fill in health data nor send or see files."""


@dataclass(frozen=True)
class ConsentText:
    """A text that asks for consent, as visitors are shown it in one language. `version`: chosen by the hospital."""

    kind: ConsentKind
    version: str
    language: str
    text: str
    link: str = ""

    @cached_property
    def sha256(self) -> str:
        """Of the text, followed by the link in a line of its own if there is one; in hexadecimal digits."""
        shown = f"{self.text}\n{self.link}" if self.link else self.text
        return sha256(shown.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Notice:
    """A site's privacy notice: about two lines in each language, and the address of the complete notice."""

    version: str
    zh: str
    en: str
    link: str = ""

    def texts(self) -> tuple[ConsentText, ConsentText]:
        return (
            ConsentText("notice", self.version, "zh", self.zh, self.link),
            ConsentText("notice", self.version, "en", self.en, self.link),
        )


BUILT_IN_NOTICE = Notice(
    "built-in-1",
    "为解答您的问题，医院会处理您在这里写下的内容和联系方式，只用于就医咨询。涉及健康的内容，会另外征求您的同意；您随时可以撤回。",
    "To answer you, the hospital uses what you write here and your contact details, only for this enquiry. "
    "For health details it asks you separately. You can withdraw at any time.",
)
"""For a site whose hospital has not set a notice of its own."""

ASKED: tuple[ConsentText, ...] = (
    ConsentText(
        "health",
        "1",
        "zh",
        "您写的内容像是健康信息（症状、疾病、检查或用药），属于敏感个人信息。是否同意医院为解答您的问题而处理？"
        "不同意也可以问一般问题，并可随时撤回。",
    ),
    ConsentText(
        "health",
        "1",
        "en",
        "This looks like health information (symptoms, illness, tests or medicine), which is sensitive personal "
        "information. May the hospital use it to answer you? Without it you can still ask general questions, and you "
        "can withdraw at any time.",
    ),
    ConsentText("behalf", "1", "zh", "您在替别人咨询。请先征得本人同意，再写下对方的情况。"),
    ConsentText(
        "behalf",
        "1",
        "en",
        "You are asking for somebody else. Please get their consent before you write about their condition.",
    ),
    ConsentText("guardian", "1", "zh", "咨询的是未满 14 周岁的孩子。请由监护人（父母等）同意医院处理孩子的信息。"),
    ConsentText(
        "guardian",
        "1",
        "en",
        "This is about a child under 14. A guardian, such as a parent, needs to agree that the hospital uses the "
        "child's information.",
    ),
)
"""The questions that are the same at every site."""

FORM_HEALTH: tuple[ConsentText, ...] = (
    ConsentText(
        "health",
        "form-1",
        "zh",
        "我同意医院为解答我的问题，处理我写到的健康信息（症状、疾病、检查或用药），这些属于敏感个人信息。"
        "问一般问题不用勾选；同意后可以随时向医院提出撤回。",
    ),
    ConsentText(
        "health",
        "form-1",
        "en",
        "I agree that the hospital uses what I write about health (symptoms, illness, tests or medicine), which is "
        "sensitive personal information, to answer me. General questions need no agreement, and I can tell the "
        "hospital at any time that I withdraw it.",
    ),
)
"""What stands beside the box of the form that works without a script. It is read before anything is written."""


def by_hash(texts: Iterable[ConsentText]) -> dict[str, ConsentText]:
    return {each.sha256: each for each in texts}


BUILT_IN_TEXTS: Mapping[str, ConsentText] = by_hash((*BUILT_IN_NOTICE.texts(), *ASKED, *FORM_HEALTH))


def asked_for(kind: ConsentKind, language: str) -> ConsentText:
    """The question that is shown for this kind."""
    return next(each for each in ASKED if (each.kind, each.language) == (kind, language))


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody decided, and the text that they were shown."""

    decision: Decision
    text: ConsentText

    @property
    def kind(self) -> ConsentKind:
        return self.text.kind


WITH_A_MESSAGE = {("notice", "given"), ("health", "given"), ("health", "refused"), ("behalf", "given")}
"""The decisions that may come with a message or a 留言. Others are ignored there, because consent never refuses a
message."""


def said_with_a_message(said: Iterable[Said]) -> Iterator[Said]:
    """Those of these decisions that may come with a message."""
    return (each for each in said if (each.kind, each.decision) in WITH_A_MESSAGE)


class Consent(Struct, frozen=True, gc=False):
    """The latest decision of one kind, made `at` (ms), with the text that was shown."""

    kind: ConsentKind
    decision: Decision
    at: int
    version: str
    sha256: str
    language: str
    times: int = 1
    """How many decisions there were on this kind, this one included."""


MOST_DECISIONS = 40
"""In one conversation. After that, only withdrawing is possible, so that nobody fills the evidence without end."""

Consents = tuple[Consent, ...]
"""At most one of each kind."""


def of_kind(consents: Consents, kind: ConsentKind) -> Consent | None:
    return next((each for each in consents if each.kind == kind), None)


def decision_on(consents: Consents, kind: ConsentKind) -> Decision | None:
    known = of_kind(consents, kind)
    return None if known is None else known.decision


def with_latest(consents: Consents, latest: Consent) -> Consents:
    known = of_kind(consents, latest.kind)
    counted = latest if known is None else replace(latest, times=known.times + 1)
    return (*(each for each in consents if each.kind != latest.kind), counted)


def is_enough(consents: Consents) -> bool:
    """Whether there were so many decisions that no more are taken."""
    return sum(each.times for each in consents) >= MOST_DECISIONS


def is_news(consents: Consents, said: Said) -> bool:
    """Whether this decision differs from the one that stands, or is about another text."""
    known = of_kind(consents, said.kind)
    return known is None or (known.decision, known.sha256) != (said.decision, said.text.sha256)


def standing(consents: Consents) -> ConsentStanding | None:
    """The notice and the health data together; None: nothing was recorded, as with a client that knows nothing of
    consent."""
    if not consents:
        return None
    notice, health = decision_on(consents, "notice"), decision_on(consents, "health")
    if "withdrawn" in (notice, health):
        return "withdrawn"
    if health == "refused":
        return "refused"
    if health == "given":
        return "agreed"
    return None if notice is None else "not_asked"


def lock(consents: Consents) -> Lock | None:
    """Why health fields and files of the conversation are locked for staff; None: they are not. Files may be sent and
    shown only where this is None."""
    if not consents:
        return None
    if decision_on(consents, "notice") == "withdrawn":
        return "notice_withdrawn"
    health = decision_on(consents, "health")
    if health == "withdrawn":
        return "health_withdrawn"
    if health == "refused":
        return "health_refused"
    return "guardian_refused" if decision_on(consents, "guardian") in ("refused", "withdrawn") else None
