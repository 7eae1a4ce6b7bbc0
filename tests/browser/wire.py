"""Speaks the protocol from a user's page instead of clicking: fast, and at any moment."""

from typing import Any

from playwright.sync_api import Page

SPEAKS = """
() => {
  const rows = new Map();
  const answers = new Map();
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/staff`, "hchat.v1");
  const send = (frame) => socket.send(JSON.stringify(frame));
  let last = null;
  let closed = null;
  socket.onclose = ({ code, reason }) => { closed = `${code} ${reason}`; };
  const client = { name: "test", version: "1" };
  socket.onopen = () => send({ type: "hello", version: 1, client });
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type !== "ping") last = data;
    if (frame.type === "ping") send({ type: "pong", n: frame.n });
    if (frame.type === "conversations") {
      if (frame.whole) rows.clear();
      for (const row of frame.put ?? []) rows.set(row.id, row);
      for (const id of frame.gone ?? []) rows.delete(id);
    }
    if (frame.type === "welcome") window.wire.me = frame.me;
    if (frame.type === "accepted" || frame.type === "refused") answers.get(frame.ref)?.(frame);
  };
  const ref = () => crypto.randomUUID().replaceAll("-", "");
  window.wire = {
    rows: () => [...rows.values()],
    ask: (type, fields) => new Promise((resolve, reject) => {
      const frame = { type, ref: ref(), ...fields };
      answers.set(frame.ref, resolve);
      const why = () => `no answer to ${JSON.stringify(frame)}; closed: ${closed}; heard last: ${last}`;
      setTimeout(() => reject(new Error(why())), 60_000);
      send(frame);
    }),
  };
  return new Promise((resolve) => socket.addEventListener("message", ({ data }) => {
    const { type, whole } = JSON.parse(data);
    if (type === "conversations" && whole) resolve();
  }));
}
"""


class Wire:
    """A further session of the user signed in on this page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(SPEAKS)
        self.id = str(page.evaluate("wire.me.id"))

    def row(self, conversation: str) -> dict[str, Any] | None:
        rows: list[dict[str, Any]] = self.page.evaluate("wire.rows()")
        return next((row for row in rows if row["id"] == conversation), None)

    def served(self, words: str) -> dict[str, Any]:
        """The conversation in which this was said last, once somebody has it."""
        script = "(words) => wire.rows().find((row) => row.last_line === words && row.owner)"
        found: dict[str, Any] = self.page.wait_for_function(script, arg=words).json_value()
        return found

    def asks(self, type: str, **fields: Any) -> dict[str, Any]:
        """The answer to it, which may be a refusal."""
        answer: dict[str, Any] = self.page.evaluate("([type, fields]) => wire.ask(type, fields)", [type, fields])
        return answer
