"""A proxy as some hospitals and hotels have it: requests pass, a WebSocket does not."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP = frozenset({"connection", "proxy-connection", "keep-alive", "transfer-encoding"})
PATIENCE = 60


class _Passing(BaseHTTPRequestHandler):
    """Forwards one request per connection. Browsers open a WebSocket through a proxy by CONNECT."""

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_DELETE(self) -> None:
        self._forward()

    def do_CONNECT(self) -> None:
        self.send_error(403)

    def _forward(self) -> None:
        target = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection(target.netloc, timeout=PATIENCE)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            upstream.request(
                self.command, f"{target.path}?{target.query}" if target.query else target.path, body, headers
            )
            answer = upstream.getresponse()
            said = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP | {"content-length", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            self.close_connection = True  # the server or the browser has gone
        finally:
            upstream.close()

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def without_sockets() -> Iterator[str]:
    """The address of such a proxy."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Passing)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="proxy", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
