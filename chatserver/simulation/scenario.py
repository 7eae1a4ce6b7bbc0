"""The assumptions about a day: who asks for what, who answers, how long it takes. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chatserver.domain.hospital import (
    LANGUAGES,
    Availability,
    Consultant,
    Department,
    Group,
    Mode,
    Name,
    Person,
    Role,
    Title,
)
from chatserver.domain.rules import HOUR, MINUTE, SECOND, Rules
from chatserver.simulation.chance import Duration, stream

OPENS = 8 * HOUR + 10 * MINUTE
CLOSES = 24 * HOUR

PROFILE = (
    (8, 0.6), (9, 1.2), (10, 1.9), (11, 1.3), (12, 0.7), (13, 0.8), (14, 1.1), (15, 1.4),
    (16, 1.9), (17, 1.1), (18, 0.8), (19, 0.8), (20, 0.8), (21, 0.7), (22, 0.5), (23, 0.3), (24, 0.1),
)  # fmt: skip
"""Relative arrival rate by hour, interpolated linearly. The peaks are at 10:00 and 16:00."""

SHIFTS = ((8 * HOUR, 16 * HOUR), (10 * HOUR, 18 * HOUR), (16 * HOUR, 24 * HOUR))
"""早班, 中班, 晚班."""

NEWCOMERS_CAPACITY = 3

PATIENCE = Duration(3 * MINUTE, "exponential")

REACTION = Duration(12 * SECOND, "lognormal", 0.8)
"""From noticing something new to acting on it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A department, its share of the visitors, and the work per conversation."""

    department: Department
    share: float
    work: Duration


@dataclass(frozen=True, slots=True)
class Rostered:
    """A consultant and their shift (ms of the day). New conversations come from `receives_from` on; `pace`: how long
    they take for the same work, 1 being the usual."""

    consultant: Consultant
    receives_from: int
    ends: int
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """All assumptions. `overhead` g: each of n simultaneous conversations progresses at the rate 1 ÷ (1 + g·(n - 1)).
    `missing`: the probability that a consultant does not notice an assignment. `silent`: the share of visitors who stop
    writing and leave the end to the deadlines. `rest_ms`: how long a paused consultant rests."""

    groups: tuple[Group, ...]
    demands: tuple[Demand, ...]
    staff: tuple[Rostered, ...]
    conversations: int
    profile: Sequence[tuple[float, float]] = PROFILE
    opens: int = OPENS
    closes: int = CLOSES
    closing: bool = True
    english: float = 0.05
    returning: float = 0.15
    emergencies: float = 0.01
    silent: float = 0.1
    patience: Duration | None = PATIENCE
    reaction: Duration = REACTION
    overhead: float = 0.25
    missing: float = 0.02
    rest_ms: int = 10 * MINUTE
    rules: Rules = field(default_factory=Rules)


GROUPS = (
    Group("general", Name("综合咨询组", "General desk"), Mode.AUTOMATIC),
    Group("children", Name("儿科咨询组", "Children's desk"), Mode.RING, overflow="general"),
)

WORK_MS = 6 * MINUTE
VARIATION = 0.8

DEPARTMENTS = (
    (Department("gynecology", Name("妇科", "Gynecology"), "general", "main", "gynecology", 2), 0.35),
    (Department("internal", Name("内科", "Internal medicine"), "general", "main"), 0.3),
    (Department("dermatology", Name("皮肤科", "Dermatology"), "general", "main", "dermatology", 1), 0.15),
    (Department("pediatrics", Name("儿科", "Pediatrics"), "children", "main"), 0.2),
)


def hospital(
    conversations: int = 1_200,
    consultants: int = 16,
    *,
    capacity: int = 5,
    newcomers: float = 0.0,
    pace_spread: float = 0.0,
    variation: float = VARIATION,
    mode: Mode | None = None,
) -> Scenario:
    """A desk with three shifts: a general group, and a children's group with a quarter of the staff that rings and
    overflows into the general one. `pace_spread`: how unequal their paces are (standard deviation ÷ mean)."""
    groups = GROUPS if mode is None else tuple(replace(each, mode=mode) for each in GROUPS)
    demands = tuple(
        Demand(department, share, Duration(WORK_MS, "lognormal", variation)) for department, share in DEPARTMENTS
    )
    return Scenario(groups, demands, _staff(consultants, capacity, newcomers, pace_spread), conversations)


def _staff(count: int, capacity: int, newcomers: float, pace_spread: float) -> tuple[Rostered, ...]:
    """Three of eight in the first and in the second shift, two in the last. In each, every fourth belongs to the
    children's group, a third know dermatology, two thirds gynecology, half English."""
    chance = stream(0, "staff")
    pace = Duration(1_000_000, "lognormal", pace_spread)
    quiet = Rules().shift_quiet_ms
    staff = []
    for number in range(count):
        begins, ends = SHIFTS[(0, 1, 2, 0, 1, 0, 1, 2)[number % 8]]
        is_new = round((number + 1) * newcomers) > round(number * newcomers)
        someone = Consultant(
            Person(f"staff-{number:03}", f"咨询员{number + 1}", f"{number + 1:03}", Title.CONSULTANT),
            Role.CONSULTANT,
            ("children",) if number % 4 == 3 else ("general",),
            min(capacity, NEWCOMERS_CAPACITY) if is_new else capacity,
            Availability.ONLINE,
            skills=_skills(number),
            languages=LANGUAGES if number % 2 == 0 else LANGUAGES[:1],
        )
        one_pace = pace.draw(chance) / 1_000_000 if pace_spread else 1.0
        staff.append(Rostered(someone, begins + quiet, ends, one_pace))
    return tuple(staff)


def _skills(number: int) -> dict[str, int]:
    known = {}
    if number % 3 != 2:
        known["gynecology"] = 2 + number % 3
    if number % 3 == 1:
        known["dermatology"] = 1
    return known


def group_of_equals(consultants: int, conversations: int, load: float, work: Duration) -> Scenario:
    """One group without skills, one conversation per consultant, nobody gives up, no peaks: the assumptions of Erlang
    C.

    `load` is the offered traffic in erlangs: how many consultants it would keep busy without a break.
    """
    group = Group("desk", Name("咨询组", "Desk"), Mode.AUTOMATIC)
    department = Department("any", Name("全部", "All"), group.id, "main")
    length = round(conversations * work.mean_ms / load)
    staff = tuple(
        Rostered(
            Consultant(
                Person(f"staff-{number:03}", f"咨询员{number + 1}", f"{number + 1:03}", Title.CONSULTANT),
                Role.CONSULTANT,
                (group.id,),
                1,
                Availability.ONLINE,
            ),
            0,
            OPENS + 10 * length,
        )
        for number in range(consultants)
    )
    patient = Rules(queue_limit=10**9, queue_wait_limit_ms=10**12)
    return Scenario(
        (group,),
        (Demand(department, 1.0, work),),
        staff,
        conversations,
        profile=((0, 1.0),),
        closes=OPENS + length,
        closing=False,
        english=0,
        returning=0,
        emergencies=0,
        silent=0,
        patience=None,
        reaction=Duration(1 * SECOND, "exponential"),
        overhead=0,
        missing=0,
        rules=patient,
    )
