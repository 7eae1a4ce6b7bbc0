"""Deadlines."""

from dataclasses import dataclass

from chatserver.domain.commands.base import Command


@dataclass(frozen=True, slots=True)
class DeadlineReached(Command):
    """Do whatever is due; possibly nothing. `owner_typing`: the owner is typing; `elsewhere`: somebody else has room
    for it (while it waits, in the group that helps out; while it has an owner, in its own group, or for a critical
    emergency in one of `urgent.groups_for`); `somebody_typing`: the visitor, the owner or a colleague who has joined is
    typing."""

    owner_typing: bool = False
    elsewhere: bool = False
    somebody_typing: bool = False
