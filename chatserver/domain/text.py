"""What counts as text that a person may send. One function for both sides and both databases."""

import unicodedata

from chatserver.domain.refusals import TextInvalid, TooLarge
from chatserver.domain.rules import Rules

ALLOWED_CONTROLS = frozenset("\n\t")


def checked_message(body: str, rules: Rules) -> str:
    """The text of a message, trimmed. Refuses empty, too long (in code points) and what is no text."""
    return checked_text(body, rules.message_length)


def checked_note(body: str, rules: Rules) -> str:
    """The text of a note or of a reason."""
    return checked_text(body, rules.note_length)


def checked_text(body: str, limit: int) -> str:
    """`body` trimmed. Raises `TextInvalid` (empty, controls, lone surrogates) or `TooLarge`."""
    body = body.replace("\r\n", "\n").strip()
    if not any(_shows(character) for character in body):
        raise TextInvalid(why="empty")
    if len(body) > limit:
        raise TooLarge(limit=limit)
    if not body.isprintable():
        _refuse_what_is_no_text(body)
    return body


def _shows(character: str) -> bool:
    """Whether anything is to be seen of it: neither space nor one of the zero-width and direction signs (Cf)."""
    return not character.isspace() and unicodedata.category(character) != "Cf"


def _refuse_what_is_no_text(body: str) -> None:
    """Controls (category Cc, but for newline and tab) and lone surrogates (Cs) are no text."""
    for character in body:
        if character not in ALLOWED_CONTROLS and unicodedata.category(character) in ("Cc", "Cs"):
            raise TextInvalid(why="characters")
