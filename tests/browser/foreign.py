"""A foreign web page with the script tag, on an origin that no site of the hospital lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>别处</title>
<body style="margin:0"><main style="height:2000px"><p>别处的网页</p></main>
<script src="{script}" {attributes}></script></body></html>"""


@dataclass
class Elsewhere:
    """The page's address. `attributes` are those of the next page's script tag."""

    address: str
    script: str
    attributes: str = 'data-site="demo"'

    def html(self) -> bytes:
        return PAGE.format(script=self.script, attributes=self.attributes).encode()


@contextmanager
def elsewhere(chat: str) -> Iterator[Elsewhere]:
    """The page, served until the end of the block; its tag refers to the chat server at the origin `chat`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.html()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
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
