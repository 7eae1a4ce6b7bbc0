"""What counts as text: the same for clients and server, and for both databases."""

import json
import sys
import unicodedata
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.refusals import Refused, TextInvalid, TooLarge
from chatserver.domain.text import checked_line, checked_message, checked_note, checked_text, optional_line, shows

from .people import RULES, assert_refused

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = json.loads((ROOT / "widget/src/shared/messageText.examples.json").read_text("utf-8"))
"""Texts and what the clients make of them. They send nothing that the server would change."""

BREAKS = {"\v", "\f", "\r", "\x85", "\u2028", "\u2029", "\n"}
BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\U0001d159"}
"""Characters that show nothing, although others of their categories do."""


@pytest.mark.parametrize("each", EXAMPLES, ids=[each["what"] for each in EXAMPLES])
def test_what_the_clients_make_of_words_the_server_makes_of_them_too(each: dict[str, str]) -> None:
    written, sent = each["written"], each["sent"]
    if sent == "":
        with assert_refused(TextInvalid, why="empty"):
            checked_text(written, 1_000)
        assert optional_line(written, 1_000) == ""
    else:
        assert checked_text(written, 1_000) == sent
        assert checked_text(sent, 1_000) == sent


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("您好", "您好"),
        ("  两边  ", "两边"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("\t缩进", "缩进"),
        ("a\tb", "a\tb"),
        ("👩‍⚕️ é ‏שלום", "👩‍⚕️ é ‏שלום"),
        ("一\u2028二", "一\n二"),
        ("\u3000全角空格\u3000", "全角空格"),
        ("__proto__", "__proto__"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("%s {0} ${x} \\u0000", "%s {0} ${x} \\u0000"),
    ],
)
def test_text_is_taken_as_text(written: str, kept: str) -> None:
    assert checked_message(written, RULES) == kept


@pytest.mark.parametrize("nothing", ["", " ", "\n\t ", "\r\n", "\u3000"])
def test_nothing_is_not_text(nothing: str) -> None:
    with assert_refused(TextInvalid, why="empty"):
        checked_message(nothing, RULES)


@pytest.mark.parametrize("code", [0x00, 0x01, 0x07, 0x08, 0x0E, 0x1B, 0x1F, 0x7F, 0x80, 0x84, 0x86, 0x9F])
def test_controls_are_not_text(code: int) -> None:
    with assert_refused(TextInvalid, why="characters"):
        checked_message(f"a{chr(code)}b", RULES)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_a_character_is_not_text(code: int) -> None:
    with assert_refused(TextInvalid, why="characters"):
        checked_message(f"a{chr(code)}", RULES)


@pytest.mark.parametrize("letter", ["a", "痛", "😀"])
def test_length_is_counted_in_characters(letter: str) -> None:
    assert checked_message(letter * 1_000, RULES) == letter * 1_000
    assert checked_message(" " + letter * 1_000 + "\n", RULES) == letter * 1_000
    with assert_refused(TooLarge, limit=1_000):
        checked_message(letter * 1_001, RULES)
    assert checked_note(letter * 2_000, RULES) == letter * 2_000
    with assert_refused(TooLarge, limit=2_000):
        checked_note(letter * 2_001, RULES)


def alone(character: str) -> str:
    """What becomes of a message that consists of this character."""
    try:
        return "kept" if checked_text(character, 1) == character else "changed"
    except TextInvalid as refusal:
        return str(refusal.details["why"])


def within(character: str) -> str:
    """What becomes of the character between two letters."""
    try:
        kept = checked_text(f"a{character}b", 3)
    except TextInvalid:
        return "refused"
    return {f"a{character}b": "kept", "a\nb": "a line break"}[kept]


CATEGORIES: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe"), ({"kept"}, {"kept"})),
    **dict.fromkeys(("Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Co"), ({"kept"}, {"kept"})),
    **dict.fromkeys(("Mn", "Mc", "Me", "Zs", "Cf"), ({"empty"}, {"kept"})),
    **dict.fromkeys(("Zl", "Zp"), ({"empty"}, {"a line break"})),
    # A browser may know characters that are newer than this Python, so unassigned ones are kept, except those that
    # Unicode reserves for invisible signs.
    "Cn": ({"kept", "empty"}, {"kept"}),
    "Cc": ({"empty", "characters"}, {"refused", "a line break", "kept"}),
    "Cs": ({"characters"}, {"refused"}),
}
"""For each Unicode category: what becomes of a character alone, and in the middle of a text."""


def of_category(category: str) -> set[str]:
    """All its characters; of the largest categories, whose characters are all alike, every seventh."""
    found = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == category]
    return set(found if len(found) < 10_000 else found[::7]) | (BLANK & set(found))


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_character_of_a_category_is_treated_alike(category: str) -> None:
    all_of_it = of_category(category)
    assert all_of_it
    expected_alone, expected_within = CATEGORIES[category]
    assert {within(each) for each in all_of_it} == expected_within
    assert {alone(each) for each in all_of_it - BLANK} == expected_alone
    assert {alone(each) for each in all_of_it & BLANK} <= {"empty"}


def test_the_table_names_every_category() -> None:
    assert set(CATEGORIES) == {unicodedata.category(chr(code)) for code in range(sys.maxunicode + 1)}


@pytest.mark.parametrize("line_break", sorted(BREAKS))
def test_a_line_break_of_any_program_is_a_newline(line_break: str) -> None:
    assert checked_message(f"一{line_break}二", RULES) == "一\n二"
    assert checked_note(f"一{line_break}{line_break}二", RULES) in ("一\n\n二", "一\n二")


def test_of_what_is_not_assigned_yet_only_the_signs_that_will_show_nothing_are_blank() -> None:
    unassigned = [code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cn"]
    ignorable = {0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}
    assert {code for code in unassigned if not shows(chr(code))} == ignorable.intersection(unassigned)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  王芳 ", "王芳"),
        ("王\v芳", "王 芳"),
        ("Li\r\n\tMin", "Li Min"),
        ("Mary  Ann", "Mary Ann"),
        ("王\u2028芳", "王 芳"),
    ],
)
def test_a_name_is_one_line(written: str, kept: str) -> None:
    assert checked_line(written, 40) == kept
    assert optional_line(written, 40) == kept


@pytest.mark.parametrize("nothing", ["", " ", "\u3164", "\n", "\u2800 \u200b"])
def test_a_name_of_nothing_is_none(nothing: str) -> None:
    assert optional_line(nothing, 40) == ""
    with assert_refused(TextInvalid, why="empty"):
        checked_line(nothing, 40)


anything = st.text(st.characters(), max_size=30) | st.text(st.sampled_from("a \n\r\t\x00\x85\ud800\udc00痛😀"))


@given(anything)
def test_what_is_kept_can_be_stored_and_is_kept_again_unchanged(written: str) -> None:
    try:
        kept = checked_text(written, 20)
    except Refused:
        return
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert 0 < len(kept) <= 20
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"]
    assert checked_text(kept, 20) == kept
