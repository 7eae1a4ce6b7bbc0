"""Who gets a conversation, and why. Pure: the candidates and their loads are counted by the caller."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatserver.domain.conversation import Conversation
from chatserver.domain.hospital import Availability, Consultant, Role
from chatserver.domain.refusals import NotServing
from chatserver.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Candidate:
    """A consultant as the router sees him. `load`: his active conversations and the rings held for him."""

    consultant: Consultant
    load: int
    present: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The one chosen, and the numbers behind it in one line for the supervisor."""

    consultant: Consultant
    load: int
    why: str


def choose(conversation: Conversation, candidates: Iterable[Candidate], now: int, rules: Rules) -> Choice | None:
    """The fitting consultant with the lowest load ratio; between equals whoever was given nothing the longest.

    Those who missed or declined it in this round come last: only when nobody else fits, and not before the time
    of a ring has passed, lest somebody is asked again while he still says no. None: nobody fits now.
    """
    fitting = [each for each in candidates if may_receive(each, conversation.group)]
    fresh = [each for each in fitting if each.consultant.id not in conversation.tried]
    again = not fresh
    if again and now < conversation.tried_at + rules.ring_ms:
        return None
    pool = fresh or fitting
    if not pool:
        return None
    best = min(pool, key=_rank)
    told = "; tried before, nobody else fits" if again else ""
    why = f"load {best.load}/{best.consultant.capacity}, lowest of {len(pool)} with room{told}"
    return Choice(best.consultant, best.load, why)


def may_receive(candidate: Candidate, group: str) -> bool:
    """Online, connected, in the group, with room: only then is a new conversation given to him unasked."""
    consultant = candidate.consultant
    return is_serving(candidate) and group in consultant.groups and candidate.load < consultant.capacity


def is_serving(candidate: Candidate) -> bool:
    """Online and connected, whether he has room at this moment or not."""
    consultant = candidate.consultant
    return (
        not consultant.disabled
        and consultant.role is Role.CONSULTANT
        and consultant.availability is Availability.ONLINE
        and candidate.present
    )


def why_not_offered(candidate: Candidate, rules: Rules) -> str | None:
    """Why nothing can be transferred to him now: offline, break, paused or full. None: it can.

    忙碌 (busy) is no reason: it means transfers only.
    """
    consultant = candidate.consultant
    if consultant.disabled or not candidate.present or consultant.availability is Availability.OFFLINE:
        return "offline"
    if consultant.availability in (Availability.BREAK, Availability.PAUSED):
        return consultant.availability.value
    return "full" if candidate.load >= consultant.capacity + rules.above_capacity else None


def check_offered(candidate: Candidate, rules: Rules) -> None:
    """Raises `NotServing` where `why_not_offered` has a reason."""
    why = why_not_offered(candidate, rules)
    if why is not None:
        raise NotServing(why=why)


def _rank(candidate: Candidate) -> tuple[float, int, str]:
    consultant = candidate.consultant
    return (candidate.load / consultant.capacity, consultant.last_given_at, consultant.id)
