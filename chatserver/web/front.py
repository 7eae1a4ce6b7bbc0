"""The built front end, in memory, with the compressed files made beforehand. Reads no file after the start."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its content, its compressed content if there is one, its media type and its ETag."""

    plain: bytes
    packed: bytes | None
    kind: str
    tag: str


@dataclass(frozen=True, slots=True)
class FrontEntry:
    """What a page of one app needs: its script and its styles, as paths on this server."""

    script: str
    styles: tuple[str, ...]


class Front:
    """All files of the built front end that browsers may request."""

    def __init__(self, folder: Path) -> None:
        self.loader = _asset(folder / "loader.js")
        self.panel = _asset(folder / "panel.js")
        self.swt = _asset(folder / "swt.js")
        self.invite = _asset(folder / "invite.js")
        self.card = _asset(folder / "card.js")
        self.assets = {
            path.name: _asset(path) for path in sorted((folder / "assets").iterdir()) if path.suffix in KINDS
        }
        self._manifest = json.loads((folder / "manifest.json").read_text())

    def entry(self, source: str) -> FrontEntry:
        """The files that were built from `source`, a key of the manifest."""
        built = self._manifest[source]
        return FrontEntry(f"/{built['file']}", tuple(f"/{style}" for style in built["css"]))

    def style(self, source: str) -> str:
        """The path of a style sheet that is an entry of its own."""
        return f"/{self._manifest[source]['file']}"


def _asset(path: Path) -> Asset:
    packed = path.with_name(path.name + ".gz")
    plain = path.read_bytes()
    return Asset(
        plain,
        packed.read_bytes() if packed.is_file() and plain else None,
        KINDS[path.suffix],
        hashlib.sha256(plain).hexdigest()[:20],
    )
