"""Whatever happens to rows, and whenever sessions ask for a list: each client ends with the rows that it may see.

The clock and the clients are moved by hand, so a list can be as slow as a random history wants it.
"""

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chatserver.domain.actors import Staff
from chatserver.hub import live_list
from chatserver.hub.live_list import LiveList, LiveLists
from chatserver.hub.options import HubOptions
from chatserver.hub.session import Session

LISTS = ("long", "short")
"""The same rows as a list that is sent in pieces, and as one that is not."""

IDS, PEOPLE = "abcde", "12"
ids = st.sampled_from(IDS)
people = st.sampled_from(PEOPLE)
readers = st.sampled_from([frozenset(PEOPLE), *map(frozenset, PEOPLE), frozenset("")])
tabs = st.integers(0, 1)
names = st.sampled_from(LISTS)


class Thing(NamedTuple):
    """What is listed: `readers` see it."""

    id: str
    readers: frozenset[str]
    text: int


class Things(dict[str, Thing]):
    """Iterated in order, like what the hub holds."""

    def __iter__(self) -> Any:
        return iter(list(self.values()))


class Change(NamedTuple):
    """A frame."""

    name: str
    version: int
    whole: bool = False
    put: tuple[tuple[str, int], ...] = ()
    gone: tuple[str, ...] = ()


@dataclass
class Copy:
    """A list as the client holds it. It believes only what follows on the version that it holds."""

    version: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def take(self, change: Change) -> None:
        assert change.version == self.version + 1, "a version was left out"
        assert change.whole or self.version > 0, "a change came before the whole list"
        self.version = change.version
        if change.whole:
            self.rows = {}
        assert set(change.gone) <= self.rows.keys(), "a row is gone that was never sent"
        self.rows = {id: text for id, text in self.rows.items() if id not in change.gone} | dict(change.put)


class Timer:
    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """An event loop whose timers are fired by hand, the earliest first."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.timers: list[tuple[float, Timer]] = []

    def time(self) -> float:
        return self.at

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        timer = Timer(call)
        self.timers.append((self.at + delay, timer))
        return timer

    def fire_next(self) -> None:
        self.timers.sort(key=lambda each: each[0])
        self.at, timer = self.timers.pop(0)
        if not timer.is_cancelled:
            timer.call()


class Room:
    """Waits until the client is moved on by hand."""

    def __await__(self) -> Generator[None]:
        yield


class Tab:
    """A session and its client. `sending` are the lists that it is being sent."""

    def __init__(self, number: int, person: str) -> None:
        self.id = f"tab-{number}"
        self.person = person
        self.copies = {name: Copy() for name in LISTS}
        self.sending: list[Coroutine[Any, Any, None]] = []

    def push(self, frame: Change) -> None:
        self.copies[frame.name].take(frame)

    async def has_room(self) -> None:
        await Room()

    def goes_on(self, which: int) -> None:
        """One of the lists that are under way is sent on, up to the next piece."""
        if self.sending:
            sending = self.sending[which % len(self.sending)]
            try:
                sending.send(None)
            except StopIteration:
                self.sending.remove(sending)

    @property
    def session(self) -> Session:
        return cast(Session, self)

    @property
    def staff(self) -> Staff:
        return cast(Staff, SimpleNamespace(person=self.person))


def sees(staff: Staff, thing: Thing) -> bool:
    return str(staff.person) in thing.readers


class Console(RuleBasedStateMachine):
    """Rows appear, change and vanish while sessions come, are sent lists piece by piece, ask again, and leave."""

    def __init__(self) -> None:
        super().__init__()
        self.things, self.text = Things((id, Thing(id, frozenset(PEOPLE), 0)) for id in IDS), 0
        self.tabs: dict[int, Tab] = {}
        self.loop = Loop()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(live_list, "PIECE", 2)
        self.patch.setattr(live_list, "asyncio", SimpleNamespace(get_running_loop=lambda: self.loop))
        self.lists = LiveLists(HubOptions())
        self.live = [self.list_of(name) for name in LISTS]
        self.lists.add(*self.live)

    def list_of(self, name: str) -> LiveList[Thing]:
        def frame(**fields: Any) -> Any:
            return Change(name, **fields)

        return LiveList(
            name, frame, self.things, sees, lambda each, staff: (each.id, each.text), in_pieces=name == "long"
        )

    # What happens to rows.

    @rule(id=ids, readers=readers)
    def a_row_is_added_or_shown_to_others(self, id: str, readers: frozenset[str]) -> None:
        self.text += 1
        self.things[id] = Thing(id, readers, self.text)
        for name in LISTS:
            self.lists.changed(name, [id])

    @rule(id=ids)
    def a_row_is_reworded(self, id: str) -> None:
        if (thing := self.things.get(id)) is not None:
            self.text += 1
            self.things[id] = thing._replace(text=self.text)
            for live in self.live:
                live.reworded(id)

    @rule(gone=st.sets(ids))
    def rows_vanish(self, gone: set[str]) -> None:
        for id in gone:
            self.things.pop(id, None)
        for name in LISTS:
            self.lists.changed(name, sorted(gone))

    # What sessions do.

    @rule(number=tabs, person=people)
    def a_tab_enters(self, number: int, person: str) -> None:
        if number not in self.tabs:
            tab = self.tabs[number] = Tab(number, person)
            tab.sending.append(self.lists.enter(tab.session, tab.staff))
            tab.goes_on(0)

    @rule(number=tabs, name=names)
    def a_tab_asks_for_a_list_again(self, number: int, name: str) -> None:
        if (tab := self.tabs.get(number)) is not None and all(copy.version > 0 for copy in tab.copies.values()):
            tab.sending.append(self.lists.send(tab.session, name))
            tab.goes_on(-1)

    @rule(number=tabs, which=st.integers(0, 2))
    def a_tab_takes_what_it_was_sent(self, number: int, which: int) -> None:
        if (tab := self.tabs.get(number)) is not None:
            tab.goes_on(which)

    @rule(number=tabs)
    def a_tab_takes_everything(self, number: int) -> None:
        if (tab := self.tabs.get(number)) is not None:
            while tab.sending:
                tab.goes_on(0)

    @rule(number=tabs)
    def a_tab_leaves(self, number: int) -> None:
        if (tab := self.tabs.pop(number, None)) is not None:
            for each in tab.sending:
                each.close()
            self.lists.remove(tab.session)

    @rule()
    def time_passes_until_the_next_push(self) -> None:
        if self.loop.timers:
            self.loop.fire_next()

    # What must be true.

    @invariant()
    def the_server_knows_what_each_client_holds(self) -> None:
        for live in self.live:
            shown = {tab.id: tab.copies[live.name].rows.keys() for tab in self.tabs.values()}
            assert {id: copy.shown for id, copy in live._copies.items()} == shown
            assert live._shown_to.keys() == {id for rows in shown.values() for id in rows}
            for id, copies in live._shown_to.items():
                assert copies.keys() == {tab for tab, rows in shown.items() if id in rows}

    def teardown(self) -> None:
        try:
            for number in self.tabs:
                self.a_tab_takes_everything(number)
            while self.loop.timers:
                self.loop.fire_next()
            for tab in self.tabs.values():
                seen = {each.id: each.text for each in self.things if tab.person in each.readers}
                for name in LISTS:
                    assert tab.copies[name].rows == seen, name
        finally:
            self.patch.undo()


def test_every_client_ends_with_the_rows_that_it_may_see() -> None:
    # The same histories in every run, so that each mechanism that is switched off is missed every time.
    looking = settings(max_examples=100, stateful_step_count=40, derandomize=True, report_multiple_bugs=False)
    run_state_machine_as_test(Console, settings=looking)


def test_a_row_that_is_hidden_before_its_piece_is_sent_is_not_in_it() -> None:
    console = Console()
    console.a_tab_enters(0, "1")
    console.a_row_is_added_or_shown_to_others(IDS[-1], frozenset("2"))
    console.a_tab_takes_everything(0)
    for name in LISTS:
        assert console.tabs[0].copies[name].rows.keys() == set(IDS[:-1])
    console.teardown()
