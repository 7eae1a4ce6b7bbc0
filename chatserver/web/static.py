"""The built front end, from memory, compressed beforehand: `/widget.js` and `/assets/*`. Reads no file later.

`loader.js` keeps its name, so it is checked again soon; everything under `/assets/` has its content's hash in
its name and never changes.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chatserver.web.context import house_of

LOADER_CACHE = "public, max-age=300"
ASSET_CACHE = "public, max-age=31536000, immutable"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: as it is, compressed (when that was made), its type and its tag."""

    plain: bytes
    packed: bytes | None
    kind: str
    tag: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a page of one app needs: its script and its styles, as paths on this server."""

    script: str
    styles: tuple[str, ...]


class Front:
    """Everything under the built front end's folder that browsers may have."""

    def __init__(self, folder: Path) -> None:
        self.loader = _asset(folder / "loader.js")
        self.assets = {
            path.name: _asset(path) for path in sorted((folder / "assets").iterdir()) if path.suffix in KINDS
        }
        self._manifest = json.loads((folder / "manifest.json").read_text())

    def entry(self, source: str) -> Entry:
        """What was built from `source`, a key of the manifest."""
        built = self._manifest[source]
        return Entry(f"/{built['file']}", tuple(f"/{style}" for style in built["css"]))

    def style(self, source: str) -> str:
        """The path of a style that is an entry of its own."""
        return f"/{self._manifest[source]['file']}"


async def loader(request: Request) -> Response:
    """The script a hospital's page embeds. Any page may fetch it: who may show the chat is the frame's matter."""
    response = _answer(request, house_of(request).front.loader, LOADER_CACHE)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def asset(request: Request) -> Response:
    """A built file, by its name."""
    found = house_of(request).front.assets.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return _answer(request, found, ASSET_CACHE)


def _answer(request: Request, asset: Asset, cache: str) -> Response:
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    body = asset.plain
    tag = f'"{asset.tag}"'
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, tag = asset.packed, f'"{asset.tag}-gz"'
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = tag
    if tag in request.headers.get("If-None-Match", ""):
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=asset.kind)


def _asset(path: Path) -> Asset:
    packed = path.with_name(path.name + ".gz")
    plain = path.read_bytes()
    return Asset(
        plain,
        packed.read_bytes() if packed.is_file() and plain else None,
        KINDS[path.suffix],
        hashlib.sha256(plain).hexdigest()[:20],
    )
