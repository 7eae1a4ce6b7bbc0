"""What counts as text that a person may send. The same for visitors and staff, and for both databases."""

import re
import unicodedata

from chatserver.domain.refusals import TextInvalid, TooLarge
from chatserver.domain.rules import Rules

ALLOWED_CONTROLS = frozenset("\n\t")

LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")

UNSEEN = frozenset({"Cf", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})
"""Categories whose characters show nothing when they stand alone."""
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Characters of other categories that show nothing: Hangul fillers, the blank Braille pattern, the null notehead."""
BLANK_IN_FUTURE = re.compile(r"[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Unassigned code points that Unicode reserves for invisible characters (Default_Ignorable_Code_Point)."""


def checked_message(body: str, rules: Rules) -> str:
    """The text of a message, trimmed. Refuses text that is empty or too long (in code points), and characters that are
    not text."""
    return checked_text(body, rules.message_length)


def checked_note(body: str, rules: Rules) -> str:
    """The text of a note or of a reason."""
    return checked_text(body, rules.note_length)


def checked_text(body: str, limit: int) -> str:
    """`body` trimmed. Raises `TextInvalid` (empty, controls, lone surrogates) or `TooLarge`."""
    body = with_newlines(body).strip()
    if not shows(body):
        raise TextInvalid(why="empty")
    if len(body) > limit:
        raise TooLarge(limit=limit)
    if not body.isprintable():
        _refuse_what_is_no_text(body)
    return body


def checked_line(text: str, limit: int) -> str:
    """A name or a short reason: a text of one line."""
    return checked_text(" ".join(with_newlines(text).split()), limit)


def optional_line(text: str, limit: int) -> str:
    """An optional line. Text that shows nothing becomes empty."""
    return checked_line(text, limit) if shows(text) else ""


def optional_text(text: str, limit: int) -> str:
    """An optional text. Text that shows nothing becomes empty."""
    return checked_text(text, limit) if shows(text) else ""


def with_newlines(text: str) -> str:
    """Turns every line break into a newline. Word writes U+000B and PDFs U+000C, so pasted text may contain them."""
    return LINE_BREAKS.sub("\n", text) if not text.isprintable() else text


def shows(text: str) -> bool:
    """Whether any of its characters is visible."""
    return any(_shows(character) for character in text)


def first_unseen(text: str, *, several_lines: bool = False) -> str | None:
    """The first character of a name that is invisible and may reverse or hide others: controls, direction and
    zero-width characters, line breaks. The zero-width joiner is allowed, because emoji contain it."""
    for character in text:
        if several_lines and character in "\n\r\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\u200d":
            return character
    return None


def _shows(character: str) -> bool:
    """False for spaces, controls, zero-width, direction and combining characters, and blanks."""
    category = unicodedata.category(character)
    if category in UNSEEN or character.isspace() or character in BLANK:
        return False
    return category != "Cn" or BLANK_IN_FUTURE.match(character) is None


def _refuse_what_is_no_text(body: str) -> None:
    """Refuses controls (category Cc, except newline and tab) and lone surrogates (Cs)."""
    for character in body:
        if character not in ALLOWED_CONTROLS and unicodedata.category(character) in ("Cc", "Cs"):
            raise TextInvalid(why="characters")
