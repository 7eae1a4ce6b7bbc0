"""What names may not contain. A visitor's name is never refused, but not shown if it could pass for the hospital's."""

import re
from pathlib import Path

import pytest

from chatserver.domain.hiding import HIDING, hides, visible
from chatserver.domain.names import visitors_name, wrong_with

CLIENTS = Path(__file__).resolve().parents[2] / "widget/src/shared/hiddenCharacters.ts"
OWN = ("康宁医院", "Kangning Hospital")
HONEST = (
    "王芳",
    "李女士Amy",
    "买买提·艾力",
    "Nguyễn Thị Minh",
    "O'Brien",
    "Иван Петров",
    "Γιώργος",
    "王医生的妈妈",
    "陈👩‍⚕️",
    "སྒྲོལ་མ",
    "བསྒྲུབས",
)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_name_breaks_no_rule_and_is_shown_as_it_is(name: str) -> None:
    assert wrong_with(name) is None
    assert visitors_name(name, OWN, "id") == name


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("王\u202e芳", "unseen"),
        ("王\u2066芳", "unseen"),
        ("王\u200b芳", "unseen"),
        ("王\u200d芳", "unseen"),
        ("王\u3164", "unseen"),
        ("王\n芳", "unseen"),
        ("a" + "\u0301" * 39, "marks"),
        ("a\u0323\u0323\u0323", "marks"),
        ("\u0f66" + "\u0f92" * 20, "marks"),
        ("H\u043espital Admin", "mixed"),
        ("Dr. \u0391nna", "mixed"),
    ],
)
def test_a_name_that_deceives_the_eye_breaks_a_rule(name: str, wrong: str) -> None:
    assert wrong_with(name) == wrong
    shown = visitors_name(name, OWN, "0123-9aF3")
    assert shown == "#9AF3" if wrong != "unseen" else not hides(shown)


@pytest.mark.parametrize("name", ["系统", "客服", " 医生 ", "医 生", "「系统」", "康宁医院", "KANGNING HOSPITAL"])
def test_a_name_that_speaks_for_the_hospital_becomes_a_number(name: str) -> None:
    assert visitors_name(name, OWN, "0123-9aF3") == "#9AF3"


@pytest.mark.parametrize("name", ["", "——", "王芳"])
def test_a_hospital_without_a_name_in_one_language_takes_no_name_from_visitors(name: str) -> None:
    assert visitors_name(name, ("康宁医院", "", "·"), "0123-9aF3") == name


def test_the_clients_spell_out_the_same_characters() -> None:
    [written] = re.findall(r"/(\\u034F\|.*)/gu;", CLIENTS.read_text())
    pattern = re.compile(re.sub(r"\\u\{(\w+)\}", lambda found: f"\\U{found[1]:>08}", written))
    assert {code for code in range(0x110000) if pattern.fullmatch(chr(code))} == HIDING


@pytest.mark.parametrize("text", ["", "您好，\n请问", "👨‍👩‍👧 ❤️‍🔥 👍🏽", "مرحبا"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_what_hides_is_spelled_out() -> None:
    assert visible("a\u202eb\u200bc\ufeff\u200dd") == "a[U+202E]b[U+200B]c[U+FEFF][U+200D]d"
