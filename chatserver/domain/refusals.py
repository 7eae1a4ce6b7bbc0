"""The one family of refusals: what is reported when something may not, or cannot, be done.

A refusal is typed: `code` for programs, `retry` for what to do next, data as attributes. The sentence for people is
built from these in the reader's language where it is shown; nothing here is shown as it is.
"""

from typing import Literal

Retry = Literal["no", "same", "later"]
"""`no`: the same request will be refused again. `same`: send it again unchanged, with the same ref.
`later`: send it again after `retry_ms`."""


class Refused(Exception):
    """Something was refused; nothing was stored and nobody else was disturbed.

    `code` is part of the protocol (docs/protocol.md lists all), `status` the HTTP status of the same refusal,
    `details` flat data for the client (who took it, which field, how long to wait).
    """

    code = "internal"
    status = 500
    retry: Retry = "same"

    def __init__(self, **details: str | int) -> None:
        super().__init__(self.code)
        self.details = details

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.code}({told})"


class BadFrame(Refused):
    """The frame breaks the protocol: not JSON, wrong shape, wrong type, too deep."""

    code, status, retry = "bad_frame", 400, "no"


class UnknownType(Refused):
    """Clients of this kind cannot send this `type` of frame; it is echoed."""

    code, status, retry = "unknown_type", 400, "no"


class UnsupportedVersion(Refused):
    """The server does not support the client's version of the protocol."""

    code, status, retry = "unsupported_version", 400, "no"


class TextInvalid(Refused):
    """The text is empty, or contains characters that are not text (NUL, controls, lone surrogates)."""

    code, status, retry = "text_invalid", 422, "no"


class PhoneInvalid(Refused):
    """Nobody can be called at this number: `why` is number (it does not exist), or kind (400 and the like)."""

    code, status, retry = "phone_invalid", 422, "no"


class TooLarge(Refused):
    """The frame or the text exceeds its limit; `limit` says which number."""

    code, status, retry = "too_large", 413, "no"


class Unauthenticated(Refused):
    """No valid token or session. Revoked, expired, foreign and invented ones get the same answer."""

    code, status, retry = "unauthenticated", 401, "no"


class NotFound(Refused):
    """It does not exist, or it belongs to somebody else: the answer does not say which."""

    code, status, retry = "not_found", 404, "no"


class Forbidden(Refused):
    """The caller is known, but may not do this, or may not read it; `rule` names the rule that decided."""

    code, status, retry = "forbidden", 403, "no"


class ConversationClosed(Refused):
    """The conversation has ended."""

    code, status, retry = "conversation_closed", 409, "no"


class AskedAnew(Refused):
    """The visitor has opened another conversation since, so this one cannot be reopened."""

    code, status, retry = "asked_anew", 409, "no"


class OutOfTurn(Refused):
    """Not possible in the conversation's phase; `phase` says which."""

    code, status, retry = "out_of_turn", 409, "no"


class FenceStale(Refused):
    """The conversation has changed hands since the caller last looked; `fence` is the current one."""

    code, status, retry = "fence_stale", 409, "no"


class OfferGone(Refused):
    """The offer is over: `why` is taken, declined, expired, withdrawn, lost, closed, or over if it is no longer known
    why; `by` is the person who took it, if somebody did.
    """

    code, status, retry = "offer_gone", 409, "no"


class NoRoom(Refused):
    """The consultant has no room: `load` of `capacity`."""

    code, status, retry = "no_room", 409, "no"


class NotServing(Refused):
    """The person or group cannot take it now: `why` is offline, break, paused, full or same; of a group it is
    `group_full` (everybody there has no room) or `group_away` (nobody is there)."""

    code, status, retry = "not_serving", 409, "no"


class NotOpen(Refused):
    """Nobody serves at this time, but a 留言 can be left; or it is too early for 签到. `opens_at` (ms) says from when
    on; 0: not within the next weeks."""

    code, status, retry = "not_open", 409, "no"


class HopsExhausted(Refused):
    """It was transferred as often as is allowed; from now on only to a supervisor. `hops` says how often."""

    code, status, retry = "hops_exhausted", 409, "no"


class DraftChanged(Refused):
    """This draft is out of date: it was sent, changed or emptied in another session of its writer."""

    code, status, retry = "draft_changed", 409, "no"


class SettingChanged(Refused):
    """Somebody else has changed this setting of the hospital since the version that was named."""

    code, status, retry = "setting_changed", 409, "no"


class FileTypeRefused(Refused):
    """The file is no JPEG, PNG or WebP image (for staff: nor a PDF), or it is damaged."""

    code, status, retry = "file_type", 415, "no"


class FileTooLarge(Refused):
    """The file exceeds its limit of bytes; `limit` says which."""

    code, status, retry = "file_too_large", 413, "no"


class FilePixels(Refused):
    """The image has too many pixels, or is too costly to decode; `limit` says how many it may have."""

    code, status, retry = "file_pixels", 422, "no"


class FileCount(Refused):
    """The conversation has too many files; `limit` says how many it may have, or `limit_bytes` of how many bytes."""

    code, status, retry = "file_count", 409, "no"


class FilesLocked(Refused):
    """The visitor or a guardian has refused or withdrawn a consent, so no files are sent, and staff see none; `why`
    notice_withdrawn, health_withdrawn, health_refused or guardian_refused."""

    code, status, retry = "files_locked", 403, "no"


class FileMalware(Refused):
    """The scanner found something harmful in the file."""

    code, status, retry = "file_malware", 422, "no"


class FileScanUnavailable(Refused):
    """The scanner does not answer, and without it no file is taken."""

    code, status, retry = "file_scan_unavailable", 503, "same"


class FileStorage(Refused):
    """The file cannot be stored at the moment, for example because the disk is full."""

    code, status, retry = "file_storage", 503, "same"


class IdentityRefused(Refused):
    """The token of the hospital's own website is not accepted. The answer does not say why; the server's log does."""

    code, status, retry = "identity_refused", 403, "no"


class IdentityChanged(Refused):
    """The hospital's own website has named somebody else before in this conversation, so staff see no verified identity
    in it any more."""

    code, status, retry = "identity_changed", 409, "no"


class RefConflict(Refused):
    """The ref was used before for a different command, which remains valid."""

    code, status, retry = "idempotency_conflict", 409, "no"


class RateLimited(Refused):
    """Too many requests; send it again after `retry_ms`."""

    code, status, retry = "rate_limited", 429, "later"


class QueueFull(Refused):
    """The queue is full; `limit` says how many may wait. `why` address: other visitors from the same network address
    hold as many places as one address may have."""

    code, status, retry = "queue_full", 503, "later"


class Busy(Refused):
    """The server is overloaded; send it again after `retry_ms`."""

    code, status, retry = "busy", 503, "later"


class Unavailable(Refused):
    """The store did not answer, so it is unknown whether the command was carried out. Repeating the ref resolves it."""

    code, status, retry = "unavailable", 503, "same"


class ReadOnly(Refused):
    """The store cannot write at the moment (disk full); nothing was stored."""

    code, status, retry = "read_only", 503, "same"


class Internal(Refused):
    """An internal error; the log has the details."""

    code, status, retry = "internal", 500, "same"


def family() -> tuple[type[Refused], ...]:
    """Every refusal, by code; docs/protocol.md is checked against this list."""
    return tuple(sorted(Refused.__subclasses__(), key=lambda kind: kind.code))
