"""What counts as text: the same for both sides and both databases."""

import unicodedata

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatserver.domain.refusals import Refused, TextInvalid, TooLarge
from chatserver.domain.text import checked_message, checked_note, checked_text

from .people import RULES, assert_refused


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("您好", "您好"),
        ("  两边  ", "两边"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("\t缩进", "缩进"),
        ("a\tb", "a\tb"),
        ("👩‍⚕️ é ‏שלום", "👩‍⚕️ é ‏שלום"),
        ("一\u2028二", "一\u2028二"),
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


@pytest.mark.parametrize("code", [0x00, 0x01, 0x07, 0x08, 0x0B, 0x0C, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F])
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


anything = st.text(st.characters(), max_size=30) | st.text(st.sampled_from("a \n\r\t\x00\x85\ud800\udc00痛😀"))


@given(anything)
def test_what_is_kept_can_be_stored_and_is_kept_again_unchanged(written: str) -> None:
    try:
        kept = checked_text(written, 20)
    except Refused:
        return
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert 0 < len(kept) <= 20
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert checked_text(kept, 20) == kept
