"""A supervisor finds and reads the whole conversations of their groups; those of other groups do not exist for them."""

import re
from datetime import date
from http import HTTPStatus
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from chatserver.demo.seed import PASSWORD
from chatserver.domain.audience import Audience, view
from chatserver.domain.changes.table import entry_kinds
from chatserver.domain.consent import ConsentKind, Decision
from chatserver.domain.emergency_words.signs import Emergency
from chatserver.domain.entry import SYSTEM, Entry
from chatserver.domain.events.alarms import AlarmAcknowledged, EmergencyDismissed, EmergencyNoticed, NobodyAnswered
from chatserver.domain.events.assignment import Assigned, Why
from chatserver.domain.events.base import Event
from chatserver.domain.events.callbacks import CallbackRequested
from chatserver.domain.events.colleagues import AskedFor, ColleagueAsked, ColleagueJoined, ColleagueLeft
from chatserver.domain.events.consent import ConsentChanged
from chatserver.domain.events.deletions import DeletionRequested, DeletionSettled
from chatserver.domain.events.departments import DepartmentChosen, DepartmentSet, GroupChanged
from chatserver.domain.events.ending import Closed, OutcomeSet, Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.events.identity import Identified, IdentityDoubted
from chatserver.domain.events.messages import NoteWritten
from chatserver.domain.events.offers import (
    RingMissed,
    Rung,
    TransferDeclined,
    TransferEnded,
    TransferOffered,
    Transferred,
)
from chatserver.domain.events.offline_messages import ComplaintLeft, EmergencyLeft
from chatserver.domain.events.queue import MovedForward, Opened, Overflowed, ReturnedToQueue, ReturnReason
from chatserver.domain.events.ratings import Rated
from chatserver.domain.events.time import IdleWarned, ReplyOverdue, WentInactive
from chatserver.domain.files import File, FileType
from chatserver.domain.hospital import Role
from chatserver.domain.lookup_codes import DeletionResult
from chatserver.domain.quick_questions import Answered
from chatserver.store import accounts, consultants
from chatserver.store.accounts import NewAccount
from chatserver.web.event_text import EventText
from chatserver.web.formatting import day_end, day_start, length, moment
from chatserver.web.gate.passwords import hashed
from chatserver.wire.ending import Outcome
from tests.hidden_text import hide_everything
from tests.transactions import tx_at

from .application import DAY, MINUTE, NOON, Doors
from .stories import Story, by

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def supervisor(here: Doors) -> TestClient:
    """陈静, of both groups."""
    return here.signed_in("chenjing")


@pytest.fixture
def stranger(here: Doors) -> TestClient:
    """刘洋, a supervisor of the children's group only."""
    account = NewAccount("liuyang", hashed(PASSWORD), "刘洋", "004", Role.SUPERVISOR, ("children",), 5)
    here.write(lambda conn: accounts.add(tx_at(conn, NOON), account))
    here.hub.consultants = here.context.database.read_now(consultants.load)
    return here.signed_in("liuyang")


def told(here: Doors, at: int = NOON, outcome: str | None = "answered", words: str = "月经推迟十天") -> str:
    """Stores a conversation of the general group that 李敏 answered; returns its id."""
    li = here.person("012")

    def tell(conn: object) -> str:
        story = Story(conn, at)  # type: ignore[arg-type]  # a Connection
        story.asks(words).given_to(li).answered_by(li, "您好，请问做过检查吗？").ended_by(li, outcome)
        return story.id

    return str(here.write(tell))


def rows(html: str) -> int:
    return html.count('href="/transcripts/')


def test_the_list_shows_what_a_conversation_was(here: Doors, supervisor: TestClient) -> None:
    id = told(here)
    html = supervisor.get("/transcripts").text
    assert f'href="/transcripts/{id}"' in html
    for words in ("11月21日 12:00", "妇科", "综合咨询组", "李敏（工号012）", "已解答", "0:40", "共 1 个会话"):
        assert words in html


def test_a_filter_that_no_database_could_hold_is_refused(supervisor: TestClient) -> None:
    assert supervisor.get("/transcripts?group=gen%00eral").status_code == HTTPStatus.BAD_REQUEST
    assert supervisor.get("/transcripts/gen%00eral").status_code == HTTPStatus.NOT_FOUND


def test_a_conversation_of_another_group_does_not_exist(here: Doors, stranger: TestClient) -> None:
    id = told(here)
    assert rows(stranger.get("/transcripts").text) == 0
    assert rows(stranger.get("/transcripts?group=general").text) == 0
    foreign = stranger.get(f"/transcripts/{id}")
    none = stranger.get("/transcripts/00000000-0000-7000-8000-000000000000")
    assert foreign.status_code == none.status_code == HTTPStatus.NOT_FOUND
    assert "月经" not in foreign.text
    number = "X-Request-Id"
    one, other = (answer.text.replace(answer.headers[number], "") for answer in (foreign, none))
    assert one == other.replace("00000000-0000-7000-8000-000000000000", id)


@pytest.mark.parametrize("login", ["limin", "zhangwei", "admin"])
def test_only_supervisors_read_transcripts(here: Doors, login: str) -> None:
    id = told(here)
    browser = here.signed_in(login)
    for path, status in (("/transcripts", HTTPStatus.SEE_OTHER), (f"/transcripts/{id}", HTTPStatus.FORBIDDEN)):
        answer = browser.get(path)
        assert answer.status_code == status
        assert "月经" not in answer.text


def test_nobody_signed_in_is_sent_to_sign_in_and_back(here: Doors) -> None:
    id = told(here)
    answer = here.client.get(f"/transcripts/{id}")
    assert answer.headers["Location"] == f"/sign-in?next=%2Ftranscripts%2F{id}"


@pytest.mark.parametrize("stored", ["plain", "hidden"])
def test_a_transcript_contains_everything_in_order(
    here: Doors, supervisor: TestClient, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stored == "hidden":
        hide_everything(monkeypatch)
    li, wang = here.person("012"), here.person("015")

    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        story.asks("第一句").given_to(li).answered_by(li, "第二句")
        story.happens(NoteWritten("第三句，只给同事"), by(li))
        offer = TransferOffered("offer", li, wang, None, "请您接着看", NOON + MINUTE)
        story.happens(offer, by(li))
        story.happens(Transferred("offer", wang, li, "general", "请您接着看", 2), by(wang))
        story.answered_by(wang, "第四句").ended_by(wang, "booked")
        story.happens(Rated(wang, 5, ("patient",), "谢谢"), story.visitor)
        return story.id

    html = supervisor.get(f"/transcripts/{here.write(tell)}").text
    in_order = [
        "访客咨询妇科，进入综合咨询组的队列",
        "您好，这里是康宁医院在线咨询。",
        "第一句",
        "已自动分配给李敏（工号012）",
        "第二句",
        "内部备注，访客看不到",
        "第三句，只给同事",
        "李敏（工号012）请王芳（工号015）接手",
        "请您接着看",
        "李敏（工号012）已转接给综合咨询组的王芳（工号015）",
        "第四句",
        "王芳（工号015）结束了会话。结果：已预约",
        "访客给王芳（工号015）评了 5 星（耐心细致）",
        "谢谢",
    ]
    places = [html.index(words, html.index('class="transcript"')) for words in in_order]
    assert places == sorted(places)
    assert '<span class="name">李敏（工号012）</span> →' in html
    assert 'class="entry note consultant"' in html


def test_what_people_wrote_is_text(here: Doors, supervisor: TestClient) -> None:
    id = told(here, words="<script>alert(1)</script>{{7*7}}\u202etxt.exe")
    html = supervisor.get(f"/transcripts/{id}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}[U+202E]txt.exe" in html


def test_a_transcript_shows_pictures_and_links_documents(here: Doors, supervisor: TestClient) -> None:
    li = here.person("012")

    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        story.asks("请看化验单").given_to(li)
        for file in (
            File("open", FileType.JPEG, "image.jpg", 9, 640, 400),
            File("veiled", FileType.JPEG, "image.jpg", 9, 640, 400, intimate=True),
        ):
            story.happens(FilePosted(file, from_visitor=True), story.visitor)
        document = File("leaflet", FileType.PDF, "<须知>.pdf", 1_240_000, 0, 0)
        return story.happens(FilePosted(document, from_visitor=False, by=li), by(li)).id

    html = supervisor.get(f"/transcripts/{here.write(tell)}").text
    assert html.count('alt="图片，由访客发送，12:00"') == 2
    plain, veiled = html.split("<details", 1)
    assert 'src="/v1/staff/files/open"' in plain
    assert 'src="/v1/staff/files/veiled"' in veiled.split("</summary>", 1)[0]
    assert '<a href="/v1/staff/files/leaflet" download>&lt;须知&gt;.pdf</a> · 1.2 MB' in html
    assert "[图片]" not in html
    assert "[文件]" not in html


def test_a_transcript_shows_no_file_against_a_consent(here: Doors, supervisor: TestClient) -> None:
    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        picture = File("picture", FileType.JPEG, "image.jpg", 9, 640, 400)
        story.asks("请看化验单").happens(FilePosted(picture, from_visitor=True), story.visitor)
        return story.happens(ConsentChanged("health", "withdrawn", "1", "sha", "zh"), story.visitor).id

    html = supervisor.get(f"/transcripts/{here.write(tell)}").text
    assert "访客已撤回对使用健康信息的同意，图片和文件不能发送，也不能查看。" in html
    assert "/v1/staff/files/" not in html


def test_a_transcript_shows_who_reads_it_and_when(here: Doors, supervisor: TestClient) -> None:
    html = supervisor.get(f"/transcripts/{told(here)}").text
    assert '<p class="mark" aria-hidden="true">003 · 11月21日 12:00</p>' in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("from=2026-11-21", 2),
        ("to=2026-11-20", 1),
        ("from=2026-11-20&to=2026-11-20", 1),
        ("from=2026-11-22", 0),
        ("department=gynecology", 2),
        ("department=pediatrics", 1),
        ("group=children", 1),
        ("group=elsewhere", 0),
        ("outcome=booked", 1),
        ("outcome=none", 1),
        ("outcome=test", 0),
        ("department=%27+OR+1%3D1+--", 0),
    ],
)
def test_filters_narrow_the_list(here: Doors, supervisor: TestClient, query: str, found: int) -> None:
    told(here, outcome="booked")
    # Half past midnight in Shanghai is still the day before in UTC.
    told(here, at=NOON - 12 * 60 * MINUTE - 30 * MINUTE, outcome=None)
    here.write(lambda conn: Story(conn, NOON + MINUTE, "pediatrics", "children").asks("发热").id)
    assert rows(supervisor.get(f"/transcripts?{query}").text) == found


def test_a_colleague_s_conversations_include_those_they_passed_on(here: Doors, supervisor: TestClient) -> None:
    li, wang = here.person("012"), here.person("015")

    def tell(conn: object) -> None:
        story = Story(conn, NOON).asks("您好").given_to(li)  # type: ignore[arg-type]  # a Connection
        story.answered_by(li, "您好").happens(Transferred("offer", wang, li, "general", "", 2), by(wang))

    here.write(tell)
    told(here)
    assert rows(supervisor.get(f"/transcripts?consultant={li.id}").text) == 2
    assert rows(supervisor.get(f"/transcripts?consultant={wang.id}").text) == 1
    assert rows(supervisor.get("/transcripts?consultant=nobody").text) == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=yesterday", "日期不对"),
        ("from=0001-01-01", "日期不对"),
        ("to=9999-12-31", "日期不对"),
        ("from=2026-11-22&to=2026-11-21", "结束日期早于开始日期"),
        ("outcome=cured", "没有这个条件"),
    ],
)
def test_an_impossible_filter_is_explained(supervisor: TestClient, query: str, words: str) -> None:
    answer = supervisor.get(f"/transcripts?{query}")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert words in answer.text


def test_an_empty_list_says_what_will_come(here: Doors, supervisor: TestClient) -> None:
    assert "还没有会话" in supervisor.get("/transcripts").text
    assert "没有符合条件的会话" in supervisor.get("/transcripts?outcome=booked").text


def test_fifty_to_a_page(here: Doors, supervisor: TestClient) -> None:
    def tell(conn: object) -> None:
        for number in range(51):
            Story(conn, NOON - number * DAY)  # type: ignore[arg-type]  # a Connection

    here.write(tell)
    first, second = (supervisor.get(f"/transcripts?page={page}").text for page in (1, 2))
    assert (rows(first), rows(second)) == (50, 1)
    assert "共 51 个会话" in first
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second
    assert "第 2 页，共 2 页" in second


def test_a_long_conversation_continues_on_the_next_page(here: Doors, supervisor: TestClient) -> None:
    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        for number in range(2, 503):
            story.asks(f"第{number}条")
        return story.id

    id = here.write(tell)
    first = supervisor.get(f"/transcripts/{id}").text
    assert 'id="entry-500"' in first
    assert 'id="entry-501"' not in first
    second = supervisor.get(f"/transcripts/{id}?after=500").text
    assert 'id="entry-502"' in second
    assert "继续往下看" in first
    assert "继续往下看" not in second


def every_event(here: Doors) -> list[Event]:
    """At least one of every kind, and every variant that has a sentence of its own."""
    li, wang = here.person("012"), here.person("015")
    answered = (Answered("address", "医院在哪里？", "康宁路 18 号。"),)
    return [
        Opened("gynecology", "general", "zh", "您好"),
        Opened("gynecology", "general", "zh", "您好", answered=answered),
        *(Assigned(li, "general", how, "", 1) for how in ("automatic", "ring", "claim")),
        Assigned(li, "general", "hand", "", 1, by=wang),
        Rung("offer", li, NOON, "", 1),
        *(RingMissed("offer", li, reason) for reason in ("expired", "declined", "lost")),
        *(ConsentChanged(kind, to, "1", "", "zh", li) for kind in get_args(ConsentKind) for to in get_args(Decision)),
        TransferOffered("offer", li, wang, None, "请看", NOON),
        TransferOffered("offer", li, None, "children", "请看", NOON),
        TransferDeclined("offer", wang, "在忙"),
        *(TransferEnded("offer", reason) for reason in ("withdrawn", "expired", "lost", "closed")),
        Transferred("offer", wang, li, "general", "请看", 2),
        *(ReturnedToQueue(li, reason, 3) for reason in get_args(ReturnReason)),
        MovedForward(wang),
        Overflowed("general", "children"),
        GroupChanged("general", "children"),
        DepartmentChosen("internal", "general", "children"),
        DepartmentChosen("internal"),
        DepartmentSet("internal", "unsure", li),
        *(EmergencyNoticed(words) for words in get_args(Emergency)),
        EmergencyDismissed(wang),
        AlarmAcknowledged(wang, "emergency"),
        NobodyAnswered((li, wang)),
        *(ColleagueAsked(li, wang, asked_for, "请看") for asked_for in get_args(AskedFor)),
        ColleagueJoined(wang, "general"),
        *(ColleagueLeft(wang, by, True) for by in (wang, li, None)),
        ReplyOverdue(li, 60_000),
        WentInactive(),
        IdleWarned(NOON),
        CallbackRequested("138****1234", NOON, NOON),
        CallbackRequested("138****1234"),
        Identified("张三", "P-0042"),
        IdentityDoubted(),
        ComplaintLeft(),
        EmergencyLeft(),
        DeletionRequested(),
        *(DeletionSettled(result, li) for result in get_args(DeletionResult)),
        *(Closed("visitor", reason, None) for reason in ("ended", "left", "message_left")),
        *(Closed("consultant", "ended", outcome) for outcome in (*get_args(Outcome), None)),
        *(Closed("system", reason, None) for reason in ("idle", "abandoned", "closed_hours", "waited_too_long")),
        Reopened(4),
        Reopened(4, None, wang),
        *(OutcomeSet("booked", previous, wang) for previous in (*get_args(Outcome), None)),
        Rated(li, 4, ("kind", "a tag of another widget"), ""),
        Rated(li, 4, (), ""),
    ]


def sentences_in(here: Doors, language: str) -> EventText:
    texts = here.context.texts
    return EventText(texts.of(language), texts.event_sentences, here.hub.hospital, when=str, clock=str)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_has_a_sentence(here: Doors, language: str) -> None:
    sentences = sentences_in(here, language)
    events = every_event(here)
    spoken_of = {type(event) for event in events}
    without = ("message_posted", "note_written", "file_posted")
    assert {kind for name, kind in entry_kinds().items() if name not in without} == spoken_of
    for event in events:
        seen = view(Entry("c", 1, None, "id", NOON, SYSTEM, event), Audience.STAFF)
        assert seen is not None
        sentence = sentences.event(seen)
        assert not sentence.startswith("event.")
        assert not re.search(r"None(?! chosen)", sentence)
        assert "Person(" not in sentence
        assert "{" not in sentence


def test_what_a_colleague_was_asked_is_quoted(here: Doors) -> None:
    sentences = sentences_in(here, "zh")
    li, wang = here.person("012"), here.person("015")
    for event in (ColleagueAsked(li, wang, "help", "请看"), ReturnedToQueue(li, "released", 3, "请看")):
        seen = view(Entry("c", 1, None, "id", NOON, SYSTEM, event), Audience.STAFF)
        assert seen is not None
        assert sentences.quote(seen) == "请看"


def test_the_numbers_behind_an_assignment_are_below_it(here: Doors, supervisor: TestClient) -> None:
    why = Why(load=1, capacity=5, among=4, waited_ms=12_000, idle_ms=180_000)

    def tell(conn: object) -> str:
        story = Story(conn, NOON)  # type: ignore[arg-type]  # a Connection
        return story.happens(Assigned(here.person("012"), "general", "automatic", why, 1)).id

    page = supervisor.get(f"/transcripts/{here.write(tell)}").text
    assert "按负载分配：1/5，4 位可接待者中最低，等候 0:12，空闲 3 分钟" in page


def test_times_are_the_hospital_s(here: Doors) -> None:
    zh, en = here.context.texts.of("zh"), here.context.texts.of("en")
    assert moment(NOON, NOON, SHANGHAI, zh) == "11月21日 12:00"
    assert moment(NOON, NOON, SHANGHAI, en) == "21 Nov 12:00"
    assert moment(NOON - 365 * DAY, NOON, SHANGHAI, zh) == "2025年11月21日 12:00"
    assert [length(ms) for ms in (0, 59_999, 60_000, 3_600_000, -5)] == ["0:00", "0:59", "1:00", "1:00:00", "0:00"]


def test_a_day_ends_where_the_next_begins_even_when_clocks_change() -> None:
    berlin, day = ZoneInfo("Europe/Berlin"), date(2026, 10, 25)
    assert day_end(day, berlin) - day_start(day, berlin) == 25 * 60 * MINUTE
