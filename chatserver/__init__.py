"""A hospital's live chat: visitors ask in a widget, consultants answer in a console.

Parts: `domain` decides, `wire` spells, `store` remembers, `bus` tells, `hub` carries, `web` opens
doors; `app` builds and wires them, `cli` is how people start them. docs/architecture.md has the picture.
"""

__version__ = "0.1.0"
