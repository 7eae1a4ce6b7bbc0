"""A hospital's live chat: visitors ask in a widget, consultants answer in a console.

Packages: `domain` decides, `wire` encodes, `store` stores, `bus` notifies other nodes, `hub` runs sessions and
transactions, `actions` handles frames, `web` serves pages and sockets; `app` builds and connects them, `cli` has the
commands. docs/architecture.md has the picture.
"""

__version__ = "0.1.0"
