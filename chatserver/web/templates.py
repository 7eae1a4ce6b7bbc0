"""The Jinja templates: HTML made from them escapes everything it is given, and a name not given is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chatserver.domain.hiding import visible
from chatserver.web.context import Context
from chatserver.web.headers import staff_page
from chatserver.web.i18n import COOKIE, COOKIE_LIFE, LANGUAGES, Translator

STYLE = "dashboard/styles/pages.css"


class Pages:
    """The templates of one folder, compiled once."""

    def __init__(self, folder: Path) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["visible"] = visible

    def render(
        self,
        request: Request,
        house: Context,
        name: str,
        context: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        language: str | None = None,
    ) -> Response:
        """The page, with a staff page's headers unless others are given. `language` overrides the reader's."""
        t = house.texts.of(language) if language else house.texts.for_reader(request)
        given: dict[str, Any] = {"me": None, **_common(request, house, t), **context}
        html = self._templates.get_template(name).render(given)
        response = HTMLResponse(html, status, dict(staff_page() if headers is None else headers))
        _remember_language(request, response, house)
        return response


def _common(request: Request, house: Context, t: Translator) -> dict[str, Any]:
    """What every page may use."""
    return {
        "t": t,
        "language": t.language,
        "hospital": house.options.hospital.inside(t.language),
        "version": house.options.version,
        "style": house.front.style(STYLE),
        "languages": {language: _same_page(request, language) for language in LANGUAGES},
    }


def _same_page(request: Request, language: str) -> str:
    """This page in another language, by a relative address."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", language)])


def _remember_language(request: Request, response: Response, house: Context) -> None:
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(COOKIE, asked, COOKIE_LIFE, secure=house.options.secure, httponly=True, samesite="lax")
