"""Checks what must be true whatever happened: compares what every client saw with what the database holds.

It reads the database with sqlite3 or plain SQL and no code of the product; it writes nothing. Each finding is one line.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, make_url, text

from tests.e2e.journal import Journal
from tests.e2e.people import Consultant, Visitor
from tests.e2e.rawclient import Client
from tests.e2e.reading import Frame

SPOKEN = {
    "message.post": "message_posted",
    "conversation.open": "message_posted",
    "note.post": "note_written",
    "conversation.close": "closed",
    "transfer.offer": "transfer_offered",
    "offer.accept": ("transferred", "assigned"),
    "conversation.claim": "assigned",
    "conversation.rate": "rated",
}
"""The entry that each request makes."""

FOR_VISITORS = {"message_posted", "opened", "assigned", "transferred", "returned_to_queue", "idle_warned", "closed"}
FOR_VISITORS |= {"reopened"}

ENTRIES = "SELECT * FROM entries ORDER BY conversation, seq"
CONVERSATIONS = "SELECT * FROM conversations"

Row = sqlite3.Row | dict[str, Any]
"""A stored row, with its columns by name."""


@dataclass
class Stored:
    """The database at one moment: entries by conversation in order, and the conversations' rows."""

    entries: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    conversations: dict[str, Row] = field(default_factory=dict)
    intact: str = ""

    @classmethod
    def read(cls, where: Path | str, *, check: bool = False) -> "Stored":
        """A SQLite file or a PostgreSQL address. `check` also checks the SQLite file's integrity."""
        return cls._of_file(where, check=check) if isinstance(where, Path) else cls._of_server(where)

    @classmethod
    def _of_file(cls, path: Path, *, check: bool) -> "Stored":
        connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("BEGIN")
            stored = cls._of(connection.execute(ENTRIES), connection.execute(CONVERSATIONS))
            connection.execute("COMMIT")
            stored.intact = connection.execute("PRAGMA integrity_check").fetchone()[0] if check else "ok"
        finally:
            connection.close()
        return stored

    @classmethod
    def _of_server(cls, address: str) -> "Stored":
        engine = create_engine(
            make_url(address).set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
        )
        with engine.connect() as connection:
            entries, conversations = (connection.execute(text(query)).mappings() for query in (ENTRIES, CONVERSATIONS))
            stored = cls._of(map(dict, entries), map(dict, conversations))
        stored.intact = "ok"
        return stored

    @classmethod
    def _of(cls, entries: Iterable[Row], conversations: Iterable[Row]) -> "Stored":
        stored = cls()
        for row in entries:
            stored.entries[row["conversation"]].append(row)
        for row in conversations:
            stored.conversations[row["id"]] = row
        return stored

    def __iter__(self) -> Iterator[Row]:
        return (row for rows in self.entries.values() for row in rows)

    def head(self, conversation: str, *, visitor: bool) -> int:
        """The last position, as that reader counts."""
        row = self.conversations[conversation]
        return int(row["last_visitor_seq"] if visitor else row["last_seq"])


@dataclass
class Oracle:
    """`clients` as they are at the end; for `complete` they must have been drained."""

    journal: Journal
    clients: Sequence[Client]
    stored: Stored

    def verdict(self, *, complete: bool = True) -> list[str]:
        """Everything that is wrong; empty when all promises were kept."""
        found = [f"{line.who}: {line.told}" for line in self.journal.of("fault")]
        found += [f"integrity: {self.stored.intact}"] if self.stored.intact != "ok" else []
        found += self.acked_is_stored()
        found += self.once_per_ref()
        found += self.gapless()
        found += self.nothing_invented()
        found += self.fences_rise()
        for client in self.clients:
            found += self.as_stored(client, complete=complete)
        return found

    def acked_is_stored(self) -> list[str]:
        """Every acknowledged request is an entry with its ref, at the acknowledged position, with the text that was
        sent."""
        rows = {(row["ref"], row["conversation"]): row for row in self}
        return [wrong for who, asked, told in self._accepted() if (wrong := _not_kept(who, asked, told, rows))]

    def once_per_ref(self) -> list[str]:
        """No request made two entries, and each was always answered with the same position."""
        made = Counter((row["author_id"], row["ref"]) for row in self if row["ref"] is not None)
        found = [f"made {times} entries: {key}" for key, times in made.items() if times > 1]
        places: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for _, asked, told in self._accepted():
            places[asked["ref"]].add((told.get("conversation", ""), told.get("seq", 0)))
        return found + [f"answered with {len(at)} places: {ref}" for ref, at in places.items() if len(at) > 1]

    def gapless(self) -> list[str]:
        """Both counts run 1, 2, 3 … and the conversation's row says where they end."""
        found = []
        for id, row in self.stored.conversations.items():
            entries = self.stored.entries[id]
            seqs = [each["seq"] for each in entries]
            visitors = [each["visitor_seq"] for each in entries if each["visitor_seq"] is not None]
            if seqs != list(range(1, row["last_seq"] + 1)):
                found.append(f"{id}: seq is not 1..{row['last_seq']}")
            if visitors != list(range(1, row["last_visitor_seq"] + 1)):
                found.append(f"{id}: visitor_seq is not 1..{row['last_visitor_seq']}")
            wrong = [each for each in entries if (each["visitor_seq"] is None) is (each["event"] in FOR_VISITORS)]
            found += [f"{id}: seq {each['seq']} ({each['event']}) is counted wrongly for the visitor" for each in wrong]
        return found

    def nothing_invented(self) -> list[str]:
        """Every message was sent by exactly that client, and in the order in which it sent them."""
        sent = {line.told["frame"]["ref"]: (number, line) for number, line in enumerate(self.journal.of("sent"))}
        found: list[str] = []
        last: dict[tuple[str, str], int] = defaultdict(int)
        again = {line.told["frame"]["ref"] for line in self.journal.of("refused") if "ref" in line.told["frame"]}
        for row in self:
            if row["author_kind"] == "system" or (row["ref"] is None and row["event"] not in ("message_posted",)):
                continue
            number, line = sent.get(row["ref"], (-1, None))
            if line is None or (row["body"] is not None and row["body"] != line.told["frame"]["body"]):
                found.append(f"nobody sent {row['event']} {row['seq']} of {row['conversation']}")
                continue
            if row["event"] == "message_posted" and row["ref"] not in again:
                if number < last[row["conversation"], line.who]:
                    found.append(f"{line.who}: out of the order sent, seq {row['seq']} of {row['conversation']}")
                last[row["conversation"], line.who] = number
        return found

    def fences_rise(self) -> list[str]:
        """The fence rose whenever a conversation was assigned or returned: no two people owned it at the same time."""
        found = []
        for id, rows in self.stored.entries.items():
            fences = [
                json.loads(row["details"])["fence"] for row in rows if "fence" in json.loads(row["details"] or "{}")
            ]
            if any(later <= before for before, later in pairwise(fences)):
                found.append(f"{id}: fences {fences}")
        return found

    def as_stored(self, client: Client, *, complete: bool) -> list[str]:
        """What a client applied is the stored order of what it may see; all of it, where it should have all."""
        is_visitor = isinstance(client, Visitor)
        found = []
        for id, held in client.held.items():
            rows = [row for row in self.stored.entries[id] if not is_visitor or row["visitor_seq"] is not None]
            expected = [(row["visitor_seq" if is_visitor else "seq"], row["id"], row["body"]) for row in rows]
            applied = [(each["seq"], each["id"], each.get("body")) for each in held.entries]
            if applied != expected[: len(applied)]:
                found.append(f"{client.name}: applied of {id} is not what is stored")
            if complete and self._should_have_all(client, id) and len(applied) != len(expected):
                found.append(f"{client.name}: holds {len(applied)} of {len(expected)} entries of {id}")
            if is_visitor:
                found += [f"{client.name}: saw {each}" for each in held.entries if _for_staff_only(each)]
        return found

    def _should_have_all(self, client: Client, conversation: str) -> bool:
        if isinstance(client, Consultant):
            owner: str | None = self.stored.conversations[conversation]["owner_id"]
            return owner == client.member.id
        return True

    def _accepted(self) -> Iterator[tuple[str, Frame, Frame]]:
        """Who, the request, the answer."""
        sent = {line.told["frame"]["ref"]: line.told["frame"] for line in self.journal.of("sent")}
        for line in self.journal.of("accepted"):
            told: Frame = line.told["frame"]
            yield line.who, sent[told["ref"]], told

    def __iter__(self) -> Iterator[Row]:
        return iter(self.stored)


def _not_kept(who: str, asked: Frame, told: Frame, rows: dict[tuple[Any, Any], Row]) -> str | None:
    """What is wrong with an acknowledged request; None if it is stored as acknowledged."""
    if asked["type"] not in SPOKEN:
        return None
    row = rows.get((told["ref"], told["conversation"]))
    if row is None:
        return f"{who}: acknowledged and lost: {asked}"
    if told["seq"] not in (0, row["seq"], row["visitor_seq"]) or (told["seq"] == 0 and row["visitor_seq"] is not None):
        return f"{who}: told seq {told['seq']}, stored at {row['seq']} / {row['visitor_seq']}"
    if row["event"] not in SPOKEN[asked["type"]] or ("body" in asked and row["body"] != asked["body"]):
        return f"{who}: {asked} became {row['event']}"
    return None


def _for_staff_only(entry: Frame) -> bool:
    """Whether this entry must not be sent to a visitor."""
    if entry["kind"] == "note" or (entry["kind"] == "event" and entry["event"]["name"] not in FOR_VISITORS):
        return True
    told = [entry["author"].get("person"), *entry.get("event", {}).values()]
    return any(isinstance(each, dict) and "id" in each for each in told) or "fence" in entry.get("event", {})


def complain(found: Iterable[str]) -> None:
    """Fail with the first findings."""
    lines = list(found)
    assert not lines, f"{len(lines)} findings:\n" + "\n".join(lines[:20])
