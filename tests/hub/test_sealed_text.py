"""No text that a person wrote reaches the database past the codec: with one that hides every text, none is found, and
everybody reads it again."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from chatserver.actions.files import Sending, post
from chatserver.actions.visits import shown, shown_of_request
from chatserver.domain.actors import Visitor
from chatserver.domain.files import File, FileType
from chatserver.store import audit, identity_keys, lookup_codes
from chatserver.store.audit import Act
from chatserver.store.database import Where
from chatserver.store.file_folder import new_file_id
from chatserver.store.ids import new_id
from chatserver.store.lookup_codes import Subject
from chatserver.store.sealed_text import SealedText
from chatserver.store.tables import metadata
from chatserver.store.transcripts import TranscriptFilter, find
from chatserver.store.verify import findings
from chatserver.store.visits import Request
from chatserver.wire.frames import StaffFrame, VisitorFrame
from tests.hidden_text import HEADER, everything, forms, hide_everything
from tests.hub.harness import Client, Rig, StaffTab, VisitorTab, opened
from tests.identity import claims, signed
from tests.sealed_columns import watched
from tests.transactions import tx_at, writing, written

PHONE = "13812345678"
CRY = "胸痛，喘不上气"
"""Words that make an emergency, as the first message of a patient."""
TECHNICAL = {"token", "epoch", "name", "version"}
"""Fields of a hello that programs fill in: the name and version are the client's. None of them is stored."""


class Spoken:
    """What people said in the story: a word of its own for each text, and which field of which frame held it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.fields: set[str] = set()

    def word(self) -> str:
        """A word that stands nowhere else."""
        self.words.append(f"机密Qx{len(self.words):02}")
        return self.words[-1]

    async def says(self, tab: Client, type: str, *texts: str, **fields: Any) -> dict[str, Any]:
        """Send the frame, with a new word in each field of `texts`."""
        return await self.sends(tab, type, **fields, **{text: self.word() for text in texts})

    async def sends(self, tab: Client, type: str, **fields: Any) -> dict[str, Any]:
        self.fields |= {f"{type}.{field}" for field, value in fields.items() if isinstance(value, str | list)}
        answer = await tab.ask(type, **fields)
        assert answer["type"] != "refused", answer
        return answer


@pytest.fixture
def _hidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every text is hidden, and no statement may look into one."""
    hide_everything(monkeypatch)
    with watched():
        yield


@pytest.mark.usefixtures("_hidden")
async def test_no_word_of_a_whole_day_is_in_the_database_and_everybody_reads_it_again(place: Where) -> None:
    async with opened(place) as rig:
        spoken = Spoken()
        await a_day(rig, spoken)
        assert set(texts_of_clients()) <= spoken.fields, "a text that people send is not in this story"
        stored = rig.database.read_now(everything)
        for word in (*spoken.words, PHONE, CRY):
            for form in forms(word):
                assert not {(table, column) for table, column, text in stored if form in text}, word
        sealed = {(table, column) for table, column, text in stored if text.startswith(HEADER)}
        assert sealed == columns_of_text(), "sealed, and declared as sealed text"
        assert not rig.database.read_now(lambda conn: list(findings(conn)))
        await rig.restart()
        read = await all_that_is_shown(rig)
        assert not [word for word in (*spoken.words, PHONE, CRY) if word not in read]


async def test_with_no_key_the_same_day_is_stored_in_plain_words(place: Where) -> None:
    """So the day really writes what the test above does not find."""
    async with opened(place) as rig:
        spoken = Spoken()
        await a_day(rig, spoken)
        stored = rig.database.read_now(everything)
        assert not [word for word in (*spoken.words, PHONE, CRY) if not any(word in text for _, _, text in stored)]


@pytest.mark.usefixtures("_hidden")
async def test_a_visitor_who_comes_back_reads_their_own_words_again(place: Where) -> None:
    async with opened(place) as rig:
        await rig.staff("limin", "online")
        visitor = await rig.visitor()
        conversation = await visitor.opens("孩子发烧了")
        await rig.restart()
        again = await rig.visitor(visitor.token)
        history = await again.ask("history.get", conversation=conversation, after=0)
        assert "孩子发烧了" in [each.get("body") for each in history["entries"]]
        assert HEADER not in json.dumps(again.told, ensure_ascii=False)


async def a_day(rig: Rig, spoken: Spoken) -> None:
    """Everybody writes whatever they can, into every field."""
    li, chen = await rig.staff("limin", "online"), await rig.staff("chenjing")
    wang = await rig.staff("wangfang")
    await spoken.says(wang, "availability.set", "reason", availability="busy")
    await spoken.says(chen, "availability.set", "reason", availability="busy")
    await a_conversation(rig, spoken, li, wang, chen)
    await an_offline_message(rig, spoken, li)
    await a_callback(rig, spoken, li)
    await a_rating(rig, spoken, li)
    await a_deletion(rig, spoken)
    # No action asks for a reason yet.
    act = Act("supervisor", "transcript.read", "conversation", "one")
    await writing(rig.database, lambda conn: audit.write(tx_at(conn), act, "投诉"))
    crying = await rig.visitor()
    await spoken.sends(crying, "conversation.open", department="gynecology", body=CRY)
    await rig.stores("SELECT count(*) FROM entries WHERE event = 'emergency_noticed'", 1)


async def a_deletion(rig: Rig, spoken: Spoken) -> None:
    """It is settled on a page, with a note for staff."""
    subject, note = Subject("conversation", "one"), spoken.word()
    await writing(rig.database, lambda conn: lookup_codes.request_deletion(tx_at(conn), subject, "general"))
    id = rig.database.read_now(lambda conn: lookup_codes.deletions(conn, ["general"], 1))[0].id
    await writing(rig.database, lambda conn: lookup_codes.settle_deletion(tx_at(conn), id, "told", note, None))


async def a_conversation(rig: Rig, spoken: Spoken, li: StaffTab, wang: StaffTab, chen: StaffTab) -> None:
    """Stays open, with an open offer, a colleague, and drafts."""
    mei = await rig.visitor()
    asked = {"department": "gynecology", "visit": a_visit(spoken)}
    at = (await spoken.says(mei, "conversation.open", "body", **asked))["conversation"]
    page = a_page(spoken)
    spoken.fields |= {"visit.page.page", "visit.page.title"}
    await mei.send("visit.page", conversation=at, page=page["page"], title=page["title"])
    await an_identity(rig, spoken, mei, at)
    own = {"conversation": at, "fence": (await li.row(at, state="active"))["fence"]}
    await spoken.says(li, "message.post", "body", **own)
    await spoken.says(li, "conversation.release", "note", **own)
    await spoken.sends(chen, "conversation.assign", conversation=at, consultant=li.id, fence=own["fence"] + 1)
    own["fence"] = (await li.row(at, state="active", fence=own["fence"] + 2))["fence"]
    await spoken.says(li, "note.post", "body", conversation=at)
    for mode in ("reply", "note"):
        await spoken.says(li, "draft.save", "body", conversation=at, mode=mode)
    await spoken.says(li, "colleague.ask", "note", conversation=at, consultant=wang.id, asked_for="join")
    await spoken.says(li, "transfer.offer", "note", **own, consultant=chen.id)
    offer = (await chen.offer(at))["id"]
    await spoken.says(chen, "offer.decline", "reason", conversation=at, offer=offer)
    await spoken.says(li, "transfer.offer", "note", **own, consultant=chen.id)
    await chen.offer(at, after=offer)
    await spoken.says(mei, "message.post", "body", conversation=at)
    sending = Sending(Visitor(mei.session.person), at, new_id(), spoken.word())
    file = File(new_file_id(), FileType.JPEG, sending.name, 1_000, 40, 30)
    await post(rig.hub.visitor_desk.parts, sending, file, b"")


async def an_identity(rig: Rig, spoken: Spoken, visitor: VisitorTab, conversation: str) -> None:
    """The hospital's own website has signed a name and a number."""
    key = written(rig.database, lambda conn: identity_keys.make(tx_at(conn), "main"))
    said = claims("main", rig.clock() / 1000, name=spoken.word(), number=spoken.word())
    await spoken.sends(visitor, "visitor.identify", conversation=conversation, token=signed(key, said))


def a_page(spoken: Spoken) -> dict[str, Any]:
    return {"page": f"http://127.0.0.1:8001/{spoken.word()}", "title": spoken.word(), "at": 1}


def a_visit(spoken: Spoken) -> dict[str, Any]:
    return {"first": a_touch(spoken), "last": a_touch(spoken), "device": "phone", "pages": [a_page(spoken)]}


def a_touch(spoken: Spoken) -> dict[str, Any]:
    return a_page(spoken) | {"parameters": {"utm_term": spoken.word()}}


async def an_offline_message(rig: Rig, spoken: Spoken, li: StaffTab) -> None:
    """One is answered, one stays open with its phone number."""
    for settled in (True, False):
        visitor = await rig.visitor()
        left = {"kind": "question", "department": "gynecology", "phone": PHONE, "visit": a_visit(spoken)}
        id = (await spoken.says(visitor, "offline.leave", "body", "name", **left))["id"]
        await li.until(partial(is_listed, li, id))
        await spoken.sends(li, "offline.take", id=id)
        if settled:
            await spoken.says(li, "offline.settle", "note", "answer", id=id, result="answered")


async def a_callback(rig: Rig, spoken: Spoken, li: StaffTab) -> None:
    """One is done, one stays open with its phone number."""
    for done in (True, False):
        visitor = await rig.visitor()
        asked = {"department": "gynecology", "phone": PHONE, "visit": a_visit(spoken)}
        id = (await spoken.says(visitor, "callback.request", "body", "name", **asked))["id"]
        await li.until(partial(is_listed, li, id))
        await spoken.sends(li, "callback.take", id=id)
        if done:
            await spoken.says(li, "callback.report", "note", id=id, result="reached")


def is_listed(tab: StaffTab, id: str) -> bool:
    return any(id in str(frame) for frame in (*tab.heard("offline"), *tab.heard("callbacks")))


async def a_rating(rig: Rig, spoken: Spoken, li: StaffTab) -> None:
    visitor = await rig.visitor()
    at = (await spoken.says(visitor, "conversation.open", "body", department="gynecology"))["conversation"]
    own = {"conversation": at, "fence": (await li.row(at, state="active"))["fence"]}
    for _ in range(2):
        await spoken.says(li, "message.post", "body", **own)
    await spoken.sends(li, "conversation.close", **own, outcome="answered")
    await spoken.says(visitor, "conversation.rate", "comment", conversation=at, stars=4, tags=[spoken.word()])


async def all_that_is_shown(rig: Rig) -> str:
    """Everything that a server that has just started shows staff: lists, drafts, conversations, phone numbers."""
    tabs = [await rig.staff(login) for login in ("limin", "wangfang", "chenjing")]
    found = rig.database.read_now(lambda conn: find(conn, TranscriptFilter(groups=("general",)), 10, 0))
    for tab in tabs:
        await tab.hears("offline", whole=True)
        await tab.hears("callbacks", whole=True)
        await tab.hears("conversations", whole=True)
        for each in found:
            await tab.ask("history.get", conversation=each.id, before=2**31 - 1)
    for id in {row["id"] for frame in tabs[0].heard("offline") for row in frame["put"]}:
        await tabs[0].ask("offline.reveal", id=id)
    for id in {row["id"] for frame in tabs[0].heard("callbacks") for row in frame["put"]}:
        await tabs[0].ask("callback.reveal", id=id)
    chen = tabs[2].session.staff
    visits = [msgspec.to_builtins(await shown(rig.hub.staff_desk.parts, chen, each.id)) for each in found]
    requests: tuple[tuple[Request, str], ...] = (("offline_message", "offline"), ("callback", "callbacks"))
    for kind, listed in requests:
        for id in {row["id"] for frame in tabs[0].heard(listed) for row in frame["put"]}:
            parts = rig.hub.staff_desk.parts
            visits.append(msgspec.to_builtins(await shown_of_request(parts, tabs[0].session.staff, kind, id)))
    settled = [each.note for each in rig.database.read_now(lambda conn: lookup_codes.deletions(conn, ["general"], 9))]
    return json.dumps([[tab.told for tab in tabs], visits, settled], ensure_ascii=False)


def texts_of_clients() -> Iterator[str]:
    """Every field of a client's frame in which somebody can write what they like."""
    for frame in {*get_args(VisitorFrame), *get_args(StaffFrame)}:
        kind = inspect.type_info(frame)
        assert isinstance(kind, inspect.StructType)
        yield from (f"{kind.tag}.{name}" for name in _texts(kind) if name not in TECHNICAL)


def _texts(kind: inspect.Type) -> Iterator[str]:
    match kind:
        case inspect.StructType(fields=fields):
            for field in fields:
                if any(_is_text(each) for each in _within(field.type)):
                    yield field.encode_name


def _within(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The kind itself, or those that it is made of; nested structs hold positions, which clients fill in."""
    match kind:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _within(each)
        case inspect.VarTupleType(item_type=item):
            yield from _within(item)
        case _:
            yield kind


def _is_text(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StrType) and kind.pattern is None


def columns_of_text() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedText)
    }
