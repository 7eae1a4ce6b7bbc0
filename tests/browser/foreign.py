"""A foreign web page with the script tag, on an origin that no site of the hospital lists."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.browser.hospital import PATIENCE, Hospital

HAS_PANEL = "Boolean(document.getElementById('hchat')?.happens)"
"""True once the second script has run."""

# Nothing of it may move by itself: a margin of the paragraph would push the body down while the page is parsed.
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>别处</title>
<body style="margin:0"><main style="height:2000px;padding:16px"><p style="margin:0">别处的网页</p></main>
<script src="{script}" {attributes}></script></body></html>"""


@dataclass
class Elsewhere:
    """The page's address. `attributes` are those of the next page's script tag."""

    address: str
    script: str
    attributes: str = 'data-site="demo"'
    others: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Further pages: path → content type, body, Content-Security-Policy."""

    def html(self) -> bytes:
        return PAGE.format(script=self.script, attributes=self.attributes).encode()


@contextmanager
def elsewhere(chat: str) -> Iterator[Elsewhere]:
    """The page, served until the end of the block; its tag refers to the chat server at the origin `chat`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text, policy = page.others.get(self.path, ("text/html", page.html().decode(), ""))
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        page = Elsewhere(f"http://127.0.0.1:{server.server_port}/", f"{chat}/widget.js")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield page
        server.shutdown()
        thread.join()


@contextmanager
def listed_page(demo: Hospital) -> Iterator[Elsewhere]:
    """The same page, but the demo's site lists it."""
    with elsewhere(demo.staff) as page:
        origin = page.address.rstrip("/")
        demo.takes_in(demo.records().replace(f'"{demo.website}"', f'"{demo.website}", "{origin}"'))
        until = time.monotonic() + PATIENCE
        while not demo.lists(origin):
            assert time.monotonic() < until, "the server does not read the changed records"
            time.sleep(0.1)
        yield page
