"""回电: calls that visitors ask for."""

from dataclasses import dataclass

from chatserver.domain.actors import Visitor
from chatserver.domain.callbacks import Callback
from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class RequestCallback(Command):
    """Say in the conversation that the visitor asked to be called."""

    actor: Visitor
    callback: Callback
