"""Every cell of the state machine says what it may lead to, and that is what happens: no more, and no less."""

import pytest

from chatserver.domain.commands.base import Command
from chatserver.domain.commands.time import DeadlineReached
from chatserver.domain.conversation import Phase
from chatserver.domain.refusals import FenceStale, Forbidden, NotFound
from chatserver.domain.transitions.table import LEADS_TO, TRANSITIONS
from chatserver.domain.transitions.time import ELAPSED

from .walks import Step, walked

Where = tuple[Phase, type[Command]]


def place(step: Step) -> Where:
    return step.before.phase, type(step.command)


def named(where: Where) -> str:
    return f"{where[1].__name__}, {where[0]}"


def as_declared(step: Step) -> bool:
    """Whether what came of the command is what its cell says."""
    cell = TRANSITIONS[place(step)]
    if cell.refuses is not None:
        return isinstance(step.refused, (cell.refuses, NotFound, Forbidden, FenceStale))
    happened = [type(change.event) for change in step.changes]
    stays = step.after.phase is step.before.phase
    return set(happened) <= set(cell.yields) and (stays or step.after.phase in cell.next)


def test_nothing_happens_that_the_cell_does_not_say() -> None:
    assert {f"{named(place(step))}: {step.changes}" for step in walked() if not as_declared(step)} == set()


def test_everything_that_a_cell_says_does_happen() -> None:
    seen: dict[Where, set[object]] = {where: set() for where in TRANSITIONS}
    for step in walked():
        seen[place(step)] |= {type(change.event) for change in step.changes} | {type(step.refused)}
        if step.changes:
            seen[place(step)].add(step.after.phase)
    said = {where: {*cell.yields, *cell.next, cell.refuses} - {None} for where, cell in TRANSITIONS.items()}
    assert {named(where): said[where] - seen[where] for where in said if said[where] - seen[where]} == {}


def test_the_events_come_in_the_order_in_which_the_cell_names_them() -> None:
    """But for deadlines: several clocks may be up at once."""
    for step in walked():
        if not isinstance(step.command, DeadlineReached):
            order = [TRANSITIONS[place(step)].yields.index(type(change.event)) for change in step.changes]
            assert order == sorted(order), step


def test_an_event_leads_to_the_phase_that_is_written_for_it() -> None:
    reached = {
        (type(change.event), change.after.phase)
        for step in walked()
        for change in step.changes
        if change.after.phase is not change.before.phase
    }
    assert reached == set(LEADS_TO.items())


@pytest.mark.parametrize("where", TRANSITIONS, ids=named)
def test_every_phase_that_may_follow_has_an_event_that_leads_there(where: Where) -> None:
    cell = TRANSITIONS[where]
    assert set(cell.next) <= {where[0], *(LEADS_TO[kind] for kind in cell.yields if kind in LEADS_TO)}
    assert not (cell.yields and cell.refuses)


def test_the_cells_of_deadlines_say_what_the_clocks_say() -> None:
    of_clocks = {kind for cell in ELAPSED.values() for kind in cell.yields}
    assert {kind for phase in Phase for kind in TRANSITIONS[phase, DeadlineReached].yields} == of_clocks
