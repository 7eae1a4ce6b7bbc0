"""The language of the command line.

The program contains English sentences; a gettext catalogue has the Chinese ones, and click's own messages as well.
Without a built catalogue everything is English.
"""

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from chatserver.domain.sentence import Sentence

DOMAIN = "messages"
"""The catalogue that gettext reads by default. click names no other, so its messages must be in this one."""

OF_THE_TERMINAL = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a terminal says its language; the first that is set counts."""


def chosen(environment: Mapping[str, str]) -> str:
    """`zh` or `en`: what CHATSERVER_LANGUAGE says, else the terminal's own; English for any but a Chinese one."""
    asked = environment.get("CHATSERVER_LANGUAGE", "").strip()
    if asked in ("zh", "en"):
        return asked
    own = next((environment[name] for name in OF_THE_TERMINAL if environment.get(name)), "")
    return "zh" if own.lower().startswith("zh") else "en"


@contextmanager
def speaking(language: str, folder: Path | None) -> Iterator[None]:
    """A context in which every sentence is in that language, from the catalogues in `folder`, if there are any."""
    before = os.environ.get("LANGUAGE")
    if folder is not None:
        gettext.bindtextdomain(DOMAIN, str(folder))
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def said(text: str) -> str:
    """`text` in the current language. Its fields are inserted unchanged, except those that are sentences themselves."""
    if not text:
        return text
    if not isinstance(text, Sentence):
        return gettext.gettext(text)
    template = gettext.gettext(text.template)
    if not text.fields:
        return template
    return template.format(
        **{name: said(value) if isinstance(value, Sentence) else value for name, value in text.fields.items()}
    )


def say(template: str, **fields: object) -> None:
    """One sentence on standard output."""
    click.echo(said(Sentence(template, **fields)))


def width(text: str) -> int:
    """Columns on a terminal; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """`text` with spaces up to so many columns."""
    return text + " " * (columns - width(text))
