"""What a patient downloads, as a running server sends it to a browser that accepts gzip.

Before the first click that is the loader and the panel's script, which it fetches once the page is loaded.
The open widget is the frame's page with everything it references. Languages other than Chinese need an additional text
file, and the largest language counts. Headers are not counted.
"""

import asyncio
import re
import tempfile
from pathlib import Path

from bench.report.rows import Length, Result, Row
from chatserver.paths import front_folder
from tests.e2e.hospital import SITE, found
from tests.e2e.procs import Server

LOADER = Row("size-loader", "loader, gzip", 3, 2, less_is_better=True, unit="KB")
BEFORE_CLICK = Row("size-before-click", "everything before the first click, gzip", 5, 2, less_is_better=True, unit="KB")
OPEN_WIDGET = Row("size-open-widget", "the open widget, gzip", 34, 28, less_is_better=True, unit="KB")
KB = 1024
NAMED = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
LANGUAGES = ("zh", "en")


async def run(length: Length) -> list[Result]:
    """The same in a quick run: nothing here depends on time."""
    with tempfile.TemporaryDirectory(prefix="bench-sizes-") as folder:
        server = Server(Path(folder) / "data")
        await asyncio.to_thread(found, server.data, [])
        try:
            await asyncio.to_thread(server.start)
            return await asyncio.to_thread(_weighed, server)
        finally:
            server.end()


def _weighed(server: Server) -> list[Result]:
    loader, panel = _sent(server, "/widget.js"), _sent(server, "/widget-panel.js?v=2")
    widget = {language: _open_widget(server, language) for language in LANGUAGES}
    parts = {f"{language}: {name}": [size] for language, sizes in widget.items() for name, size in sizes.items()}
    most = max(sum(sizes.values()) for sizes in widget.values())
    return [
        Result(LOADER, [loader]),
        Result(BEFORE_CLICK, [loader + panel], notes=["before the click: the loader and the panel's script"]),
        Result(OPEN_WIDGET, [most], parts, ["the language that takes the most; Chinese needs no texts of its own"]),
    ]


def _open_widget(server: Server, language: str) -> dict[str, float]:
    """KB by path."""
    page = f"/frame?site={SITE}&language={language}"
    named = NAMED.findall(server.get(page).body.decode())
    assert named, "the frame's page names no script"
    texts = [f"/assets/{path.name}" for path in _catalogues(language)]
    return {path.partition("?")[0]: _sent(server, path) for path in (page, *named, *texts)}


def _catalogues(language: str) -> list[Path]:
    return sorted((front_folder() / "assets").glob(f"{language}-*.js"))


def _sent(server: Server, path: str) -> float:
    answer = server.get(path, {"Accept-Encoding": "gzip"})
    assert answer.status == 200, (path, answer.status)
    return len(answer.body) / KB
