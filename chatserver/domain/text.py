"""What counts as text that a person may send. One function for both sides and both databases."""

import re
import unicodedata

from chatserver.domain.refusals import TextInvalid, TooLarge
from chatserver.domain.rules import Rules

ALLOWED_CONTROLS = frozenset("\n\t")

LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")

UNSEEN = frozenset({"Cf", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})
"""Categories of which one alone shows nothing."""
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Signs of other categories that show nothing: fillers of Hangul, the blank of Braille, the null notehead."""
BLANK_IN_FUTURE = re.compile(r"[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Not assigned yet, and kept by Unicode for signs that will show nothing (Default_Ignorable_Code_Point)."""


def checked_message(body: str, rules: Rules) -> str:
    """The text of a message, trimmed. Refuses empty, too long (in code points) and what is no text."""
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
    """A line where nothing may be said; what shows nothing is nothing."""
    return checked_line(text, limit) if shows(text) else ""


def optional_text(text: str, limit: int) -> str:
    """A text where nothing may be said; what shows nothing is nothing."""
    return checked_text(text, limit) if shows(text) else ""


def with_newlines(text: str) -> str:
    """Every line break as a newline. Word writes U+000B and a PDF U+000C: what is pasted from there is text."""
    return LINE_BREAKS.sub("\n", text) if not text.isprintable() else text


def shows(text: str) -> bool:
    """Whether anything of it is to be seen."""
    return any(_shows(character) for character in text)


def first_unseen(text: str, *, several_lines: bool = False) -> str | None:
    """The first character of a name that nobody can see and that may turn or hide the others: controls, direction and
    zero-width signs, line breaks. The joiner within one emoji is none."""
    for character in text:
        if several_lines and character in "\n\r\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\u200d":
            return character
    return None


def _shows(character: str) -> bool:
    """Neither space nor control, nor one of the zero-width, direction and combining signs, nor a blank."""
    category = unicodedata.category(character)
    if category in UNSEEN or character.isspace() or character in BLANK:
        return False
    return category != "Cn" or BLANK_IN_FUTURE.match(character) is None


def _refuse_what_is_no_text(body: str) -> None:
    """Controls (category Cc, but for newline and tab) and lone surrogates (Cs) are no text."""
    for character in body:
        if character not in ALLOWED_CONTROLS and unicodedata.category(character) in ("Cc", "Cs"):
            raise TextInvalid(why="characters")
