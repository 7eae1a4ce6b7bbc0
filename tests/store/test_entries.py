"""What is written without SQLAlchemy is read back unchanged, on both databases, and is written completely or not at
all."""

import pytest
from msgspec import structs
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from chatserver.demo.seed import seed
from chatserver.domain.conversation import Talk
from chatserver.domain.entry import Author, AuthorKind, Entry
from chatserver.domain.events.colleagues import ColleagueAsked
from chatserver.domain.events.messages import MessagePosted
from chatserver.domain.hospital import Person, Title
from chatserver.store import conversations, deadlines, entries
from chatserver.store.database import Database
from chatserver.store.ids import new_id
from chatserver.store.message_path import write
from tests.transactions import tx_at, written

from .days import DAWN, Story

WORDS = (
    "'; DROP TABLE entries; --",
    '{"json": "in it", "and": [null]}',
    "100 % of %s and %(name)s, ? and :name",
    "back\\slash \\u0041 \\x41 \\'",
    "one\nline\r\nand\ta tab",
    "您好 😀 👩‍⚕️ \u202e and \u00a0",
    " spaces before and after ",
    "null",
    "字" * 1_000,
)
DIGESTS = (b"", bytes(range(256)), b"\x00", b"\\x00", None)
LI = Person("c\"1'", '李 "敏"', "012", Title.CONSULTANT)


@pytest.fixture
def conversation(database: Database) -> str:
    def open_one(conn: Connection) -> str:
        seed(tx_at(conn, DAWN), (), 5)
        return Story(conn).id

    return written(database, open_one)


def entry(conversation: str, seq: int, body: str) -> Entry:
    """An entry by 李敏, with a ref."""
    author = Author(AuthorKind.CONSULTANT, LI.id, LI)
    return Entry(conversation, seq, seq, new_id(), 2**40 + seq, author, MessagePosted(body, False, LI), f"r{seq}")


def test_any_words_come_back_as_they_were_written(database: Database, conversation: str) -> None:
    made = [entry(conversation, seq, body) for seq, body in enumerate(WORDS, 3)]
    digests = [DIGESTS[number % len(DIGESTS)] for number in range(len(made))]
    written(database, lambda conn: write(tx_at(conn), entries.new(list(zip(made, digests, strict=True)))))
    assert database.read_now(lambda conn: entries.page(conn, conversation, 2, 100)) == made
    keys = [(conversation, LI.id, f"r{each.seq}") for each in made]
    known = database.read_now(lambda conn: entries.known(conn, keys))
    assert [known[key] for key in keys] == list(zip(made, digests, strict=True))


def test_what_happened_comes_back_as_it_was_written(database: Database, conversation: str) -> None:
    happened = Entry(
        conversation,
        3,
        None,
        new_id(),
        DAWN,
        Author(AuthorKind.SYSTEM, "system"),
        ColleagueAsked(LI, LI, "help", WORDS[1]),
    )
    written(database, lambda conn: write(tx_at(conn), entries.new([(happened, None)])))
    assert database.read_now(lambda conn: entries.page(conn, conversation, 2, 100)) == [happened]


def test_a_taken_position_prevents_the_whole_batch(database: Database, conversation: str) -> None:
    both = [(entry(conversation, seq, "您好"), None) for seq in (3, 1)]
    with pytest.raises(IntegrityError):
        written(database, lambda conn: write(tx_at(conn), entries.new(both)))
    assert len(database.read_now(lambda conn: entries.page(conn, conversation, 0, 100))) == 2


def test_each_of_many_rows_gets_its_own_values(database: Database, conversation: str) -> None:
    def say(conn: Connection) -> tuple[list[str], list[str]]:
        ids = [conversation, *(Story(conn).id for _ in range(4))]
        rows = conversations.load(conn, ids)
        told = dict(zip(ids, WORDS, strict=False))
        said = [structs.replace(rows[id], talk=Talk(last_line=told[id])) for id in ids[:-1]]
        write(tx_at(conn), conversations.words(said))
        read = conversations.load(conn, ids)
        assert read[ids[-1]] == rows[ids[-1]], "nobody wrote there"
        return [read[id].talk.last_line for id in ids[:-1]], [told[id] for id in ids[:-1]]

    found, wanted = written(database, say)
    assert found == wanted


def test_writing_nothing_runs_no_statement(database: Database, conversation: str) -> None:
    def nothing(conn: Connection) -> None:
        write(tx_at(conn))
        write(tx_at(conn), conversations.words([]), entries.new([]), deadlines.hastened([]))
        assert conversations.lock_marks(conn, []) == {}
        assert entries.known(conn, []) == {}

    written(database, nothing)
