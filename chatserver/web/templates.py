"""The Jinja templates: everything that is inserted into their HTML is escaped, and a missing name is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chatserver.domain.hiding import visible
from chatserver.domain.hospital import Consultant
from chatserver.domain.permissions import Permission, allowed
from chatserver.web.front import Front
from chatserver.web.gate.headers import staff_page
from chatserver.web.i18n import COOKIE, COOKIE_LIFE, LANGUAGES, Translations, Translator
from chatserver.web.options import WebOptions

STYLE = "dashboard/styles/pages.css"


class Pages:
    """Renders the templates of one folder, which are compiled once."""

    def __init__(self, folder: Path, options: WebOptions, texts: Translations, front: Front) -> None:
        self._options = options
        self._texts = texts
        self._style = front.style(STYLE)
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["visible"] = visible
        self._templates.filters["dialled"] = _dialled

    def render(
        self,
        request: Request,
        name: str,
        values: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        language: str | None = None,
    ) -> Response:
        """The page, with a staff page's headers unless others are given. `language` overrides the reader's."""
        t = self._texts.of(language) if language else self._texts.for_reader(request)
        given: dict[str, Any] = {"me": None, **self._common(request, t), **values}
        html = self._templates.get_template(name).render(given)
        response = HTMLResponse(html, status, dict(staff_page() if headers is None else headers))
        self._remember_language(request, response)
        return response

    def _common(self, request: Request, t: Translator) -> dict[str, Any]:
        """What every page may use."""
        return {
            "t": t,
            "language": t.language,
            "hospital": self._options.hospital.inside(t.language),
            "may": _may,
            "version": self._options.version,
            "style": self._style,
            "languages": {language: _same_page(request, language) for language in LANGUAGES},
        }

    def _remember_language(self, request: Request, response: Response) -> None:
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            secure = self._options.secure
            response.set_cookie(COOKIE, asked, COOKIE_LIFE, secure=secure, httponly=True, samesite="lax")


def _dialled(phone: str) -> str:
    """A number as a `tel:` link needs it."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def _may(me: Consultant, action: str) -> bool:
    """Whether the role of `me` permits an action, so that a page shows the link to it."""
    return allowed(me.role, Permission(action)).allowed


def _same_page(request: Request, language: str) -> str:
    """This page in another language, by a relative address."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", language)])
