"""CONNECTS. Everything that depends on uvicorn's private parts, and nothing else; uvicorn is pinned to one version.

Where this differs from uvicorn, and why:

- `http_protocol` ends a connection in every state in which a client may stay silent (`bounds`), and answers only the
  first of pipelined requests.
- `http_connections` limits the connections of one address; a full address makes room for the next one.
- `forwarded` believes `X-Forwarded-For` of listed proxies only.
- `websocket_handshake` parses the handshake once: there is no second parser that could read it differently.
- `websocket_protocol` writes all texts of a delivery in one system call, which is most of its cost (11 µs), offers a
  frame to the application without a task switch (20 µs), and drops the request's headers (6 KiB of every socket).
- `incoming_frames` bounds pings and fragments, which the application never sees; `turns` shares the time among sockets.
- `lean_asyncio` replaces the queues and events of uvicorn (2.5 KiB of every socket).

May import `wire` and `domain`; never the store, the hub or the web.
"""
