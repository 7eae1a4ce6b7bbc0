"""Images and PDF files."""

from chatserver.domain.actors import Staff, Visitor
from chatserver.domain.commands.files import PostFile
from chatserver.domain.consent import lock
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.files import FilePosted
from chatserver.domain.files import ALL_BYTES, FILE_BYTES, FILES, FROM_VISITORS
from chatserver.domain.refusals import FileCount, FilesLocked, FileTooLarge, FileTypeRefused
from chatserver.domain.rules import Rules
from chatserver.domain.transitions.access import only_its_visitor, speaker_with_fence
from chatserver.domain.transitions.base import Events


def post_file(conversation: Conversation, command: PostFile, now: int, rules: Rules) -> Events:
    file, actor = command.file, command.actor
    if isinstance(actor, Visitor):
        only_its_visitor(conversation, actor)
    else:
        speaker_with_fence(conversation, actor, command.fence)
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
    return (FilePosted(file, from_visitor=by is None, by=by),)
