"""`/chat/SITE`: the chat as a page of its own. Without a script, or in a browser that is too old for it, the page is a
form for a 留言, which works by `POST`.

Without a script nothing can be held in the browser, so the form asks for consent beforehand: the notice stands above
the button, with an unticked box for health data. A text with health words and without the tick comes back with the
question and is not stored; one with emergency words never comes back.
"""

import hmac
import re
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatserver.domain.consent import FORM_HEALTH, ConsentText
from chatserver.domain.emergency import recognise
from chatserver.domain.health_words import speaks_of_health
from chatserver.domain.hospital import UNSURE, Hospital, Site
from chatserver.domain.lookup_codes import grouped, proof_of
from chatserver.domain.network import network_of
from chatserver.domain.refusals import RateLimited, Refused, TextInvalid
from chatserver.store import lookup_codes, meta, offline_messages, visitors
from chatserver.store.ids import new_id
from chatserver.store.lookup_codes import Subject
from chatserver.store.tx import VISITOR, Tx
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.web import chat_visits
from chatserver.web.context import Context, address_of, context_of
from chatserver.web.gate import headers
from chatserver.web.gate.guards import own_socket
from chatserver.web.gate.rate_limits import RateLimits
from chatserver.web.gate.request_body import form_body
from chatserver.web.i18n import LANGUAGES
from chatserver.web.pages import WIDGET, boot_of, language_of
from chatserver.wire.consent import ConsentSent
from chatserver.wire.fields import Language
from chatserver.wire.offline_messages import OfflineLeave
from chatserver.wire.replies import Accepted

HOUR_S = 3600
FORM_LIMIT = 16 * 1024
"""A text of 1000 Chinese characters takes 9 KB in a form."""
LONGEST = {"name": 40, "phone": 20}
SAID: Final = frozenset({"text_invalid", "phone_invalid", "too_large", "rate_limited"})
"""Refusals with a sentence of their own."""
KEY: Final = re.compile(r"[A-Za-z0-9_-]{22,43}", re.ASCII)
WRITTEN = ("body", "department", "name", "phone")


async def show(request: Request) -> Response:
    """The page. An unknown site is a 404."""
    return _page(request, _site(request), {})


class Left:
    """`POST /chat/SITE`, with a rate limit per address for new visitors, as for the widget's sessions."""

    def __init__(self, context: Context) -> None:
        per_hour = context.options.limits.sessions_per_hour_and_address
        self._allowed = RateLimits(per_hour / HOUR_S, per_hour, context.now)

    async def post(self, request: Request) -> Response:
        """Store the 留言 and confirm it; otherwise show the form again, with the reason and what was written."""
        site = _site(request)
        fields = await form_body(request, FORM_LIMIT)
        missing = _missing(context_of(request).hub.hospital, site, fields)
        if missing:
            return _page(request, site, fields, problem=missing, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            left = await self._leave(request, site, fields)
        except Refused as refusal:
            problem = refusal.code if refusal.code in SAID else "other"
            return _page(request, site, fields, problem=problem, status=refusal.status)
        return _page(request, site, fields, left=left, code=await _code(context_of(request), left))

    async def _leave(self, request: Request, site: Site, fields: dict[str, str]) -> Accepted:
        context = context_of(request)
        wait = self._allowed.take(network_of(address_of(request.scope)))
        if wait:
            raise RateLimited(retry_ms=wait)
        if any(len(fields.get(name, "")) > most for name, most in LONGEST.items()):
            raise TextInvalid()
        language, key = _language(request), _key(fields)
        frame = OfflineLeave(
            ref=key,
            kind="question",
            body=_body(fields),
            department=fields.get("department") or None,
            name=fields.get("name", ""),
            phone=fields.get("phone", ""),
            language=language,
            consent=tuple(_agreed(context.hub.hospital, fields)),
            visit=chat_visits.read(fields.get("visit", "")),
        )
        life = context.options.visitor_life_desktop_ms

        def visitor(tx: Tx) -> tuple[str, int]:
            return visitors.start_once(tx, site.id, language, life, _token(tx, site, key, fields))

        person, ends_at = await context.database.write(visitor, context.now, VISITOR)
        row = VisitorRow(person, site.id, language, ends_at, life)
        return await context.hub.visitor_sends(row, frame, address_of(request.scope))


async def _code(context: Context, left: Accepted) -> str:
    """The 查询码 of what was just left, as it is read out; none without a phone number, whose last digits go with it. A
    repeat of the same POST gets the same."""

    def make(tx: Tx) -> str:
        message = offline_messages.load(tx.conn, [left.id]).get(left.id)
        proof = "" if message is None else proof_of(message.phone)
        if not proof:
            return ""
        return grouped(lookup_codes.make(tx, Subject("offline_message", left.id), proof, repeatable=left.id)[0])

    try:
        return await context.database.write(make, context.now, VISITOR)
    except Refused:
        # The message is stored all the same.
        return ""


def _key(fields: dict[str, str]) -> str:
    """The one-time key of the form, which tells a repeat of the same POST from another one."""
    key = fields.get("key", "")
    return key if KEY.fullmatch(key) else new_id()


def _token(tx: Tx, site: Site, key: str, fields: dict[str, str]) -> str:
    """The token of the visitor who left this text with this form: the same for each repeat. It is given to nobody: who
    comes next at this browser finds nothing, even with the key."""
    written = "\0".join((site.id, key, *(fields.get(name, "") for name in WRITTEN)))
    return hmac.digest(meta.server_key(tx.conn), b"form\0" + sha256(written.encode()).digest(), "sha256").hex()


def _body(fields: dict[str, str]) -> str:
    return fields.get("body", "").replace("\r\n", "\n")


def _missing(hospital: Hospital, site: Site, fields: dict[str, str]) -> str:
    """Which consent the text waits for: `notice` (the form was made without one), `health`, or none. Emergency words
    wait for nothing."""
    body = _body(fields)
    department = hospital.department_asked(site.id, fields.get("department") or None)
    if recognise(body, department, hospital.words) is not None:
        return ""
    kinds = {each.kind for each in _agreed(hospital, fields)}
    if "notice" not in kinds:
        return "notice"
    return "health" if "health" not in kinds and speaks_of_health(body, site.health_words) else ""


def _emergency(hospital: Hospital, site: Site, fields: dict[str, str]) -> str | None:
    """The critical emergency that a text which was not stored speaks of: the help stands above whatever else is wrong
    with the form."""
    department = hospital.department_asked(site.id, fields.get("department") or None)
    finding = recognise(_body(fields), department, hospital.words)
    return None if finding is None else finding.told


def _agreed(hospital: Hospital, fields: dict[str, str]) -> list[ConsentSent]:
    """What the posted form agrees to: the notice that it showed, and health data if the box is ticked. Each is named by
    the hash of the text that was shown, which may have changed meanwhile."""
    shown = {"notice": fields.get("notice", ""), "health": fields.get("health", "")}
    texts = ((kind, hospital.consent_texts.get(hash)) for kind, hash in shown.items())
    return [
        ConsentSent(text.kind, "given", text.sha256)
        for kind, text in texts
        if text is not None and text.kind == kind and (text.kind == "notice" or text.kind == "health")
    ]


def _site(request: Request) -> Site:
    site = context_of(request).hub.hospital.sites.get(request.path_params["site"])
    if site is None:
        raise HTTPException(404)
    return site


def _page(
    request: Request,
    site: Site,
    fields: dict[str, str],
    *,
    problem: str = "",
    left: Accepted | None = None,
    code: str = "",
    status: int = 200,
) -> Response:
    context, language = context_of(request), _language(request)
    zh, en = site.shown_notice.texts()
    hospital = context.hub.hospital
    campus = hospital.campuses[site.campus]
    touch = chat_visits.came(request, site)
    named = [(id, hospital.departments[id].name.inside(language)) for id in site.departments if id != UNSURE]
    unsure = hospital.departments[UNSURE].name.inside(language) if UNSURE in hospital.departments else ""
    values: dict[str, Any] = {
        "app": context.front.entry(WIDGET),
        "boot": boot_of(request, site, language, fields.get("department")) | {"pages": [msgspec.to_builtins(touch)]},
        "visit": fields.get("visit") or chat_visits.written(request, touch),
        "site_name": site.name.inside(language),
        "phone": campus.phone,
        "emergency_phone": campus.emergency_phone,
        "departments": named,
        "unsure": unsure,
        "fields": fields,
        "key": _key(fields) if problem == "other" else new_id(),
        "notice": en if language == "en" else zh,
        "health": _health(language),
        "problem": problem,
        "emergency": left.emergency if left is not None else _emergency(hospital, site, fields),
        "left": left,
        "code": code,
    }
    policy = headers.chat(own_socket(request.headers["host"], context.options))
    return context.pages.render(request, "chat.html", values, status=status, headers=policy, language=language)


def _language(request: Request) -> Language:
    """What the address asks for, else the browser's first language, else the hospital's own."""
    asked = request.query_params.get("lang", "")
    browser = request.headers.get("accept-language", "").strip().lower()[:2]
    if request.query_params.get("language") in LANGUAGES:
        return language_of(request)
    found = next((each for each in (asked, browser) if each in LANGUAGES), None)
    return language_of(request) if found is None else "en" if found == "en" else "zh"


def _health(language: str) -> ConsentText:
    return next(each for each in FORM_HEALTH if each.language == language)
