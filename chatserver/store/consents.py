"""同意 rows: the evidence of every decision, and the texts that visitors were shown. Neither is ever changed; they stay
when the visitor's token ends."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select

from chatserver.domain.consent import BUILT_IN_TEXTS, ConsentKind, ConsentText, Decision, Said, said_with_a_message
from chatserver.domain.conversation import Conversation
from chatserver.domain.events.consent import ConsentChanged, GuardianAsked, NoticeAgreed
from chatserver.domain.offline_messages import OfflineMessage
from chatserver.store.ids import new_id
from chatserver.store.tables import consent_texts, consents
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

Evidence = tuple[Conversation, ConsentChanged | NoticeAgreed | GuardianAsked]


def add(tx: Tx, decisions: Iterable[Evidence]) -> None:
    """Add the evidence of these decisions."""
    _add(tx, [_row(conversation, event, tx.now) for conversation, event in decisions])


def add_left(tx: Tx, message: OfflineMessage, said: Iterable[Said]) -> None:
    """Add the evidence of the decisions that came with a 留言: the last one of each kind."""
    latest = {each.kind: each for each in said_with_a_message(said)}
    about = {"visitor": message.visitor, "site": message.site, "conversation": None, "offline_message": message.id}
    _add(tx, [about | _said(each, tx.now) for each in latest.values()])


def refuses(conn: Connection, visitor: str) -> bool:
    """Whether the visitor's last decision about health data, or about the notice, was to refuse or withdraw."""
    query = select(consents.c.kind, consents.c.decision).where(
        consents.c.visitor == visitor, consents.c.kind.in_(("health", "notice"))
    )
    latest = {row.kind: row.decision for row in conn.execute(query.order_by(consents.c.at, consents.c.id))}
    return any(decision in ("refused", "withdrawn") for decision in latest.values())


def _add(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Keep the built-in texts that the decisions are about, too. A site's own texts were kept when the hospital set
    them."""
    if rows:
        keep_texts(tx, [BUILT_IN_TEXTS[hash] for each in rows if (hash := each["sha256"]) in BUILT_IN_TEXTS])
        tx.conn.execute(insert(consents), rows)


def _row(conversation: Conversation, event: ConsentChanged | NoticeAgreed | GuardianAsked, at: int) -> dict[str, Any]:
    kind, decision, by = _of_event(event)
    return {
        "id": new_id(),
        "visitor": conversation.visitor,
        "site": conversation.site,
        "conversation": conversation.id,
        "offline_message": None,
        "kind": kind,
        "decision": decision,
        "version": event.version,
        "sha256": event.sha256,
        "language": event.language,
        "at": at,
        "recorded_by": by,
    }


def _of_event(event: ConsentChanged | NoticeAgreed | GuardianAsked) -> tuple[ConsentKind, Decision, str | None]:
    match event:
        case ConsentChanged():
            return event.consent, event.decision, event.by.id if event.by else None
        case NoticeAgreed():
            return "notice", "given", None
        case GuardianAsked():
            return "guardian", "asked", None


def _said(said: Said, at: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": said.kind,
        "decision": said.decision,
        "version": said.text.version,
        "sha256": said.text.sha256,
        "language": said.text.language,
        "at": at,
        "recorded_by": None,
    }


def keep_texts(tx: Tx, texts: Iterable[ConsentText]) -> None:
    """Keep these texts, unless they are kept already."""
    for each in texts:
        row = {
            "sha256": each.sha256,
            "kind": each.kind,
            "version": each.version,
            "language": each.language,
            "text": each.text,
            "link": each.link,
            "since": tx.now,
        }
        kept = insert_or(tx.conn, consent_texts).values(**row)
        tx.conn.execute(kept.on_conflict_do_nothing(index_elements=["sha256"]))


def texts(conn: Connection) -> list[ConsentText]:
    """All texts that are kept."""
    return [
        ConsentText(row.kind, row.version, row.language, row.text, row.link)
        for row in conn.execute(select(consent_texts).order_by(consent_texts.c.sha256))
    ]
