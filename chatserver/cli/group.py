"""What all commands share: the language of the person who types them, private files, and how a failure is printed."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from chatserver.cannot_serve import CannotServe
from chatserver.domain.refusals import Refused
from chatserver.domain.sentence import Sentence
from chatserver.environment import BadSettings
from chatserver.language import chosen, said, speaking
from chatserver.paths import front_folder
from chatserver.records.faults import BadPlan
from chatserver.store.accounts import CannotAdd
from chatserver.store.sqlite_files import Unusable
from chatserver.web.gate.passwords import BadPassword

P = ParamSpec("P")

PRIVATE = 0o077
"""The umask: no file is readable or writable for the group or for others."""

REFUSALS = (BadPlan, BadSettings, BadPassword, CannotAdd, Unusable, CannotServe)

AFile = click.Path(dir_okay=False, path_type=Path)


def one_sentence(command: Callable[P, None]) -> Callable[P, None]:
    """Print what a command refuses as one line on stderr, without a traceback, and end with exit code 1."""

    @wraps(command)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except REFUSALS as why:
            for sentence in why.sentences if isinstance(why, BadPlan) else (why.sentence,):
                print(f"chatserver: {said(sentence)}", file=sys.stderr)
            sys.exit(1)
        except Refused as refused:
            sentence = Sentence("The database cannot be used now ({code}).", code=refused.code)
            print(f"chatserver: {said(sentence)}", file=sys.stderr)
            sys.exit(1)

    return refusing


class Formatter(click.HelpFormatter):
    """Headings with a translated colon: click writes a half-width one, which Chinese does not use."""

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + said(Sentence("{heading}:", heading=heading)) + "\n")


class Context(click.Context):
    formatter_class = Formatter


class Commands(click.Group):
    """All commands, in the language of the terminal; the files that they write are private."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with private_files(), speaking(chosen(os.environ), _catalogues()), _translated_help(self):
            return super().main(*args, **kwargs)


@contextmanager
def private_files() -> Iterator[None]:
    """A context in which new files, such as a database or a backup, are private to this user, whatever the shell's
    umask."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _translated_help(command: click.Command) -> Iterator[None]:
    """A context in which the help of the command and of its subcommands is in the chosen language."""
    command.context_class = Context
    with ExitStack() as stack:
        parts: list[Any] = [command, *command.params]
        before = [(part, part.help) for part in parts if getattr(part, "help", None)]
        for part, english in before:
            part.help = said(english)
            stack.callback(setattr, part, "help", english)
        for below in command.commands.values() if isinstance(command, click.Group) else ():
            stack.enter_context(_translated_help(below))
        yield


def _catalogues() -> Path | None:
    """The folder of the catalogues, which are built together with the front end; None if that was not built."""
    try:
        return front_folder() / "texts/commands"
    except RuntimeError:
        return None
