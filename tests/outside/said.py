"""Replaces what chance and the clock decide: ids and tokens by their order of appearance, times by their distance from
the start."""

import re

START = 1_795_233_600_000
"""2026-11-21 12:00 in Shanghai: the start of every script."""

ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b179\d{10}\b")
SECRET = re.compile(r'"(epoch|token|label)":"([^"<]+)"')
WAIT = re.compile(r'"retry_ms":\d+')


class Names:
    """Gives the same thing the same name throughout."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def know(self, thing: str, name: str) -> None:
        """Names `thing` in advance."""
        self._known[thing] = f"<{name}>"

    def plain(self, text: str) -> str:
        """The text with names in place of everything that differs from run to run; nothing else changes."""
        text = SECRET.sub(lambda found: f'"{found[1]}":"{self._name(found[2], found[1])}"', text)
        text = ID.sub(lambda found: self._name(found[0], "id"), text)
        text = TIME.sub(lambda found: f"<{(int(found[0]) - START) / 1000:+.3f}>", text)
        return WAIT.sub('"retry_ms":<ms>', text)

    def _name(self, thing: str, kind: str) -> str:
        if thing not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[thing] = f"<{kind} {self._counts[kind]}>"
        return self._known[thing]
