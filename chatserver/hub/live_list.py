"""The console's live lists: each staff session holds a copy of a list, with a version, and is sent what changed since.

A list is sent whole once, in pieces if it can be long. A list is not a log: a client that missed a version asks for the
whole list.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from chatserver.domain.actors import Staff
from chatserver.hub.options import HubOptions
from chatserver.hub.session import Session
from chatserver.wire.fields import Frame

PIECE = 100
"""Rows in one frame of a whole list."""


class Named(Protocol):
    """What can be listed: anything with an id."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Named)
T_co = TypeVar("T_co", bound=Named, covariant=True)


class Rows(Protocol[T_co]):
    """What is listed now, in the order of the whole list."""

    def get(self, id: str) -> T_co | None: ...

    def __iter__(self) -> Iterator[T_co]: ...


class Pushes:
    """Decides when the changes of one session's lists are pushed. Changes that come close together go into one push,
    and after a push the next one waits for a while. Without that rest, sending rows faster than anybody can read them
    was a fifth of all work under full load."""

    __slots__ = ("_lists", "_options", "_pushed_at", "timer")

    def __init__(self, options: HubOptions) -> None:
        self._options = options
        self._lists: list[Callable[[], None]] = []
        self._pushed_at = 0.0
        self.timer: asyncio.TimerHandle | None = None

    def add(self, push: Callable[[], None]) -> None:
        """`push` sends what changed in one list, after those that were added before."""
        self._lists.append(push)

    def soon(self) -> None:
        if self.timer is None:
            loop = asyncio.get_running_loop()
            rest = self._pushed_at + self._options.list_rest - loop.time()
            self.timer = loop.call_later(max(self._options.list_pause, rest), self._push_now)

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

    def _push_now(self) -> None:
        self.timer = None
        self._pushed_at = asyncio.get_running_loop().time()
        for push in self._lists:
            push()


class _Copy:
    """What one session holds of one list: the rows that it was sent, and those of them that have changed since."""

    __slots__ = ("dirty", "pushes", "session", "shown", "staff", "version")

    def __init__(self, session: Session, staff: Staff, pushes: Pushes) -> None:
        self.session = session
        self.staff = staff
        self.pushes = pushes
        self.version = 0
        self.shown: set[str] = set()
        self.dirty: set[str] = set()


class LiveList(Generic[T]):
    """One list, in every staff session. What differs between lists is passed in.

    `name` is the list's name in `list.get`. `rows` holds the items, `sees` decides who sees which of them, `row` makes
    an item's row for a member of staff, and `frame` makes the frame. Only a list that is sent `in_pieces` waits for the
    client between two frames. `after_push` is called with a session that was just sent a change.
    """

    def __init__(
        self,
        name: str,
        frame: Callable[..., Frame],
        rows: Rows[T],
        sees: Callable[[Staff, T], bool],
        row: Callable[[T, Staff], object],
        *,
        in_pieces: bool = True,
        after_push: Callable[[Session, Staff], None] | None = None,
    ) -> None:
        self.name = name
        self._frame = frame
        self._rows = rows
        self._sees = sees
        self._row = row
        self._in_pieces = in_pieces
        self._after_push = after_push
        self._copies: dict[str, _Copy] = {}
        self._shown_to: dict[str, dict[str, _Copy]] = {}

    def add(self, session: Session, staff: Staff, pushes: Pushes) -> None:
        """Give the session a copy; `send` sends it the first time."""
        copy = self._copies[session.id] = _Copy(session, staff, pushes)
        pushes.add(partial(self._push, copy))

    def remove(self, session: Session) -> None:
        copy = self._copies.pop(session.id, None)
        if copy is not None:
            for id in list(copy.shown):
                self._hide(copy, id)

    async def send(self, session: Session) -> None:
        """Send the whole list. A long one goes in several frames, each sent after the client took the one before."""
        copy = self._copies[session.id]
        seen = [each.id for each in self._rows if self._sees(copy.staff, each)]
        for id in list(copy.shown):
            self._hide(copy, id)
        whole, size = True, PIECE if self._in_pieces else len(seen)
        for start in range(0, max(1, len(seen)), max(1, size)):
            self._send_piece(copy, seen[start : start + size], whole=whole)
            whole = False
            if self._in_pieces:
                await session.has_room()

    def _send_piece(self, copy: _Copy, ids: list[str], *, whole: bool) -> None:
        found = [self._rows.get(id) for id in ids]
        put = [each for each in found if each is not None and self._sees(copy.staff, each)]
        sent = {each.id for each in put}
        for id in sent:
            self._show(copy, id)
        copy.dirty -= sent
        copy.version += 1
        rows = tuple(self._row(each, copy.staff) for each in put)
        copy.session.push(self._frame(version=copy.version, whole=whole, put=rows))

    def changed(self, ids: Iterable[str]) -> None:
        """These were added or changed, or are gone: mark them for everybody who sees them or saw them."""
        for id in ids:
            row = self._rows.get(id)
            for copy in self._copies.values():
                if id in copy.shown or (row is not None and self._sees(copy.staff, row)):
                    copy.dirty.add(id)
                    copy.pushes.soon()

    def reworded(self, id: str) -> None:
        """Its row has changed or is gone, and nobody sees it who did not see it before: mark it only for those who saw
        it."""
        for copy in self._shown_to.get(id, {}).values():
            copy.dirty.add(id)
            copy.pushes.soon()

    def _push(self, copy: _Copy) -> None:
        if not copy.dirty or copy.version == 0:
            # Nothing has changed, or the whole list has not been sent yet; it will include the change.
            return
        put, gone = [], []
        for id in sorted(copy.dirty):
            row = self._rows.get(id)
            if row is not None and self._sees(copy.staff, row):
                if id not in copy.shown:
                    self._show(copy, id)
                put.append(self._row(row, copy.staff))
            elif id in copy.shown:
                self._hide(copy, id)
                gone.append(id)
        copy.dirty.clear()
        if put or gone:
            copy.version += 1
            copy.session.push(self._frame(version=copy.version, put=tuple(put), gone=tuple(gone)))
            if self._after_push is not None:
                self._after_push(copy.session, copy.staff)

    def _show(self, copy: _Copy, id: str) -> None:
        copy.shown.add(id)
        self._shown_to.setdefault(id, {})[copy.session.id] = copy

    def _hide(self, copy: _Copy, id: str) -> None:
        copy.shown.discard(id)
        shown_to = self._shown_to.get(id, {})
        shown_to.pop(copy.session.id, None)
        if not shown_to:
            self._shown_to.pop(id, None)


class ListOf(NamedTuple):
    """The list of a module of `chatserver.actions`, as the parameters of a `LiveList`. `rows` and `row` are given the
    hub's `Parts` as their first argument."""

    name: str
    frame: Callable[..., Frame]
    rows: Callable[[Any], Rows[Any]]
    sees: Callable[[Staff, Any], bool]
    row: Callable[[Any, Any, Staff], object]


class LiveLists:
    """All lists of the console. A session is sent them in the order in which they were added."""

    def __init__(self, options: HubOptions) -> None:
        self._options = options
        self._lists: dict[str, LiveList[Any]] = {}
        self._pushes: dict[str, Pushes] = {}

    def add(self, *lists: LiveList[Any]) -> None:
        self._lists |= {each.name: each for each in lists}

    async def enter(self, session: Session, staff: Staff) -> None:
        """Send the session every list, and from now on what changes."""
        pushes = self._pushes[session.id] = Pushes(self._options)
        for each in self._lists.values():
            each.add(session, staff, pushes)
        for each in self._lists.values():
            await each.send(session)

    async def send(self, session: Session, name: str) -> None:
        """Send the session this list whole again."""
        await self._lists[name].send(session)

    def changed(self, name: str, ids: Iterable[str]) -> None:
        self._lists[name].changed(ids)

    def remove(self, session: Session) -> None:
        pushes = self._pushes.pop(session.id, None)
        if pushes is not None:
            pushes.stop()
            for each in self._lists.values():
                each.remove(session)

    def stop(self) -> None:
        for each in self._pushes.values():
            each.stop()
