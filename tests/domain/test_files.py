"""Which files are taken, how many, and how their names are shown."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.consent import SetConsent
from chatserver.domain.commands.files import PostFile
from chatserver.domain.commands.messages import Service
from chatserver.domain.consent import Consent, ConsentKind, Decision, asked_for
from chatserver.domain.conversation import Agreed, Phase
from chatserver.domain.events.files import FilePosted
from chatserver.domain.files import (
    ALL_BYTES,
    FILE_BYTES,
    FILES,
    FROM_VISITORS,
    NAME,
    FileType,
    clean_name,
    type_of,
)
from chatserver.domain.hiding import hides
from chatserver.domain.hospital import UNSURE, Department, Hospital, Name
from chatserver.domain.refusals import (
    ConversationClosed,
    FileCount,
    FilesLocked,
    FileTooLarge,
    FileTypeRefused,
    NotOpen,
    Refused,
)
from chatserver.domain.rules import Rules
from chatserver.domain.text import first_unseen
from chatserver.domain.transitions.table import decide

from .people import LI_MIN, PICTURE, VISITOR, active, assert_refused, closed

HEADS = {
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01": FileType.JPEG,
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": FileType.PNG,
    b"RIFF\x24\x00\x00\x00WEBPVP8 ": FileType.WEBP,
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n": FileType.PDF,
    b"GIF89a\x01\x00\x01\x00/*<scr": None,
    b"RIFF\x24\x00\x00\x00WAVEfmt ": None,
    b'<svg xmlns="http': None,
    b"<!DOCTYPE html><": None,
    b"<?xml version='1": None,
    b"alert(1)//aaaaaa": None,
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00": None,
    b"MZ\x90\x00\x03\x00": None,
    b"II*\x00\x08\x00\x00\x00": None,
    b"\x00\x00\x00 ftypheic": None,
    b" %PDF-1.7": None,
    b"\xff\xd8": None,
    b"": None,
}


@pytest.mark.parametrize("head", HEADS, ids=lambda head: ascii(head[:12]))
def test_the_kind_of_a_file_is_told_by_its_content(head: bytes) -> None:
    assert type_of(head) is HEADS[head]


NAMES = {
    "photo.jpg": "photo.jpg",
    "检查 报告.JPEG": "检查 报告.jpg",
    "image.png": "image.jpg",
    "a.jpg.exe": "a.jpg",
    "../../etc/passwd": "passwd.jpg",
    "C:\\Users\\me\\me.png": "me.jpg",
    "con": "file.jpg",
    "LPT1.png": "file.jpg",
    "": "file.jpg",
    "...": "file.jpg",
    ".htaccess": "htaccess.jpg",
    "a\x00b.png": "ab.jpg",
    "gpj.\u202eexe.png": "gpj.jpg",
    "a\r\nSet-Cookie: b.png": "aSet-Cookie b.jpg",
    'say "hi" <b>.png': "say hi b.jpg",
    "2026.11.30.png": "2026.11.30.jpg",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_cleaned_and_ends_as_the_content_demands(name: str) -> None:
    assert clean_name(name, FileType.JPEG) == NAMES[name]


@given(st.text(max_size=400), st.sampled_from(FileType))
def test_every_name_becomes_one_that_can_be_shown_and_saved(name: str, type: FileType) -> None:
    shown = clean_name(name, type)
    assert 0 < len(shown.removesuffix(type.ending)) <= len(shown) <= NAME
    assert shown.endswith(type.ending)
    assert not set(shown) & set('<>:"/\\|?*\x00\n')
    assert not shown.startswith(".")
    assert first_unseen(shown) is None
    assert not hides(shown)
    assert clean_name(shown, type) == shown


def refusal_of(command: PostFile) -> type[Refused] | None:
    story = active()
    try:
        decide(story.conversation, replace(command, fence=story.fence), story.now, story.rules)
    except Refused as refused:
        return type(refused)
    return None


@pytest.mark.parametrize("kind", FileType)
def test_visitors_send_images_and_staff_also_pdf(kind: FileType) -> None:
    file = replace(PICTURE, type=kind)
    assert refusal_of(PostFile(VISITOR, file)) is (None if kind in FROM_VISITORS else FileTypeRefused)
    assert refusal_of(PostFile(LI_MIN, file)) is None


@pytest.mark.parametrize("actor", [VISITOR, LI_MIN], ids=["visitor", "staff"])
def test_files_are_limited_in_size_number_and_sum(actor: object) -> None:
    def refused(size: int = 1, count: int = 0, held: int = 0) -> type[Refused] | None:
        return refusal_of(PostFile(actor, replace(PICTURE, bytes=size), count=count, bytes=held))  # type: ignore[arg-type]

    assert refused(FILE_BYTES) is None
    assert refused(FILE_BYTES + 1) is FileTooLarge
    assert refused(count=FILES - 1) is None
    assert refused(count=FILES) is FileCount
    assert refused(size=100, held=ALL_BYTES - 100) is None
    assert refused(size=101, held=ALL_BYTES - 100) is FileCount


@pytest.mark.parametrize("actor", [VISITOR, LI_MIN], ids=["visitor", "staff"])
@pytest.mark.parametrize(
    ("kind", "decision", "why"),
    [
        ("notice", "withdrawn", "notice_withdrawn"),
        ("health", "refused", "health_refused"),
        ("health", "withdrawn", "health_withdrawn"),
        ("guardian", "refused", "guardian_refused"),
        ("health", "given", None),
        ("health", "asked", None),
    ],
)
def test_no_file_is_sent_against_a_consent(
    actor: Visitor | Staff, kind: ConsentKind, decision: Decision, why: str | None
) -> None:
    story = active()
    consent = Consent(kind, decision, story.now, "1", "sha", "zh")
    conversation = structs.replace(story.conversation, agreed=Agreed((consent,)))
    post = PostFile(actor, PICTURE, story.fence)
    if why is None:
        assert decide(conversation, post, story.now, story.rules)
        return
    with pytest.raises(FilesLocked) as refused:
        decide(conversation, post, story.now, story.rules)
    assert refused.value.details == {"why": why}


def test_a_visitors_image_waits_for_an_answer_and_a_consultants_is_one() -> None:
    story = active()
    story.does(PostFile(VISITOR, PICTURE))
    asked = story.conversation.talk
    assert (asked.unanswered_since, asked.last_line) == (story.now, "[图片]")
    [event] = story.events_of(PostFile(LI_MIN, PICTURE, story.fence))
    assert event == FilePosted(PICTURE, from_visitor=False, by=LI_MIN.person)
    answered = story.conversation.talk
    assert (answered.unanswered_since, answered.replied) == (None, True)


def test_images_are_blurred_in_intimate_departments_and_while_the_department_is_unknown() -> None:
    name = Name("科", "Department")
    open_ones = {id: Department(id, name, "general", "main") for id in ("internal", UNSURE)}
    assert not Hospital(departments=open_ones).is_intimate("internal")
    assert not Hospital(departments=open_ones).is_intimate(UNSURE)
    hospital = Hospital(departments=open_ones | {"women": Department("women", name, "general", "main", intimate=True)})
    assert {id: hospital.is_intimate(id) for id in ("internal", "women", UNSURE, "unknown")} == {
        "internal": False,
        "women": True,
        UNSURE: True,
        "unknown": False,
    }


def test_a_visitors_file_reopens_a_conversation_as_a_message_does() -> None:
    story = closed()
    assert story.does(PostFile(VISITOR, PICTURE)) == ["reopened", "file_posted"]
    assert story.conversation.phase is Phase.WAITING


@pytest.mark.parametrize(
    ("late", "service", "refusal"),
    [(0, Service(open=False, opens_at=5), NotOpen), (1, Service(), ConversationClosed)],
)
def test_but_neither_later_nor_outside_the_hours(late: int, service: Service, refusal: type[Refused]) -> None:
    story = closed()
    story.now += Rules().reopen_ms + late
    with assert_refused(refusal):
        story.does(PostFile(VISITOR, PICTURE, service=service))


def test_a_file_reopens_nothing_that_is_locked_or_that_the_visitor_ended_and_none_of_staff_does() -> None:
    story = active()
    story.closed_by(VISITOR)
    with assert_refused(ConversationClosed):
        story.does(PostFile(VISITOR, PICTURE))
    refused = closed()
    refused.does(SetConsent(VISITOR, "health", "refused", asked_for("health", "zh")))
    with assert_refused(FilesLocked):
        refused.does(PostFile(VISITOR, PICTURE))
    with assert_refused(ConversationClosed):
        closed().does(PostFile(LI_MIN, PICTURE, 1))
