"""Images and PDF files."""

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.files import PostFile
from chatserver.domain.consent import lock
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.ending import Reopened
from chatserver.domain.events.files import FilePosted
from chatserver.domain.files import ALL_BYTES, FILE_BYTES, FILES, FROM_VISITORS
from chatserver.domain.refusals import (
    ConversationClosed,
    FileCount,
    FilesLocked,
    FileTooLarge,
    FileTypeRefused,
    NotOpen,
)
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, only_who_knows_of_it, speaker_with_fence
from chatserver.domain.transitions.base import Events
from chatserver.domain.transitions.messages import may_reopen


def post_file(conversation: Conversation, command: PostFile, now: int, rules: Rules) -> Events:
    if isinstance(command.actor, Visitor):
        only_its_visitor(conversation, command.actor)
    else:
        speaker_with_fence(conversation, command.actor, command.fence)
    return (_posted(conversation, command),)


def file_after_the_end(conversation: Conversation, command: PostFile, now: int, rules: Rules) -> Events:
    """A visitor's file reopens the conversation as a message does. Files of staff never do."""
    if isinstance(command.actor, Staff):
        only_who_knows_of_it(conversation, command.actor)
        raise ConversationClosed()
    only_its_visitor(conversation, command.actor)
    if not may_reopen(conversation, now, rules):
        raise ConversationClosed()
    posted, service = _posted(conversation, command), command.service
    if not service.open:
        raise NotOpen(opens_at=service.opens_at or 0)
    return (Reopened(conversation.serving.fence + 1, service.closes_at), posted)


def _posted(conversation: Conversation, command: PostFile) -> FilePosted:
    file, actor = command.file, command.actor
    if why := lock(conversation.agreed.consents):
        raise FilesLocked(why=why)
    if isinstance(actor, Visitor) and file.type not in FROM_VISITORS:
        raise FileTypeRefused()
    if file.bytes > FILE_BYTES:
        raise FileTooLarge(limit=FILE_BYTES)
    if command.count >= FILES:
        raise FileCount(limit=FILES)
    if command.bytes + file.bytes > ALL_BYTES:
        raise FileCount(limit_bytes=ALL_BYTES)
    by = actor.person if isinstance(actor, Staff) else None
    return FilePosted(file, from_visitor=by is None, by=by)
