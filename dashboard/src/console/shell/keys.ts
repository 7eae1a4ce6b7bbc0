// The keyboard. Every shortcut contains Alt, so that it does not disturb writing, and none is a browser's own.
// Shortcuts are matched by the key's place, not its letter, because Alt makes other letters on a Mac.

import { t } from "../../shared/texts";
import { mayTurn } from "../composer/modeSync";
import { rights, takeNext } from "../desk/conversationActions";
import type { Desk } from "../desk/desk";
import { withNumber } from "../list/numbers";
import { neighbour, nextUnanswered } from "../list/order";

interface Shortcut {
  readonly shown: readonly string[];
  /** The catalogue key of its description. */
  readonly means: string;
}

/** For the help dialog, in the order of use. */
export const SHORTCUTS: readonly Shortcut[] = [
  { shown: ["Enter"], means: "console.key.send" },
  { shown: ["Shift+Enter"], means: "console.key.newline" },
  { shown: ["Alt+↑", "Alt+↓"], means: "console.key.neighbour" },
  { shown: ["Alt+J"], means: "console.key.next" },
  { shown: ["Alt+1 … 9"], means: "console.key.number" },
  { shown: ["Alt+Enter"], means: "console.key.take" },
  { shown: ["Alt+T"], means: "console.key.transfer" },
  { shown: ["Alt+N"], means: "console.key.note" },
  { shown: ["Alt+W"], means: "console.key.end" },
  { shown: ["Alt+/"], means: "console.key.help" },
];

/** Acts on a shortcut and prevents the browser's action; ignores every other key. */
export function pressed(desk: Desk, event: KeyboardEvent): void {
  const plain = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!plain || event.isComposing || desk.dialog.value !== null) return;
  const act = ACTS[event.code] ?? numbered(event.code);
  if (act === null) return;
  event.preventDefault();
  act(desk);
}

type Act = (desk: Desk) => void;

const ACTS: Record<string, Act> = {
  ArrowUp: (desk) => go(desk, neighbour(desk.shown.value, desk.selected.value, -1)),
  ArrowDown: (desk) => go(desk, neighbour(desk.shown.value, desk.selected.value, 1)),
  KeyJ: (desk) => go(desk, nextUnanswered(desk.wanted.value, desk.selected.value)),
  Enter: take,
  NumpadEnter: take,
  KeyT: (desk) => ask(desk, "transfer"),
  KeyW: (desk) => ask(desk, "close"),
  KeyN: switchMode,
  Slash: (desk) => {
    desk.dialog.value = { kind: "help" };
  },
};

function numbered(code: string): Act | null {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  return number === undefined ? null : (desk) => go(desk, withNumber(desk.numbers.value, Number(number)));
}

function go(desk: Desk, id: string | null): void {
  if (id !== null) desk.select(id);
}

function take(desk: Desk): void {
  if (desk.connection.value === "live") void takeNext(desk, () => t("console.claim.nobody"));
}

function ask(desk: Desk, kind: "transfer" | "close"): void {
  const conversation = desk.selected.value;
  const row = conversation === null ? null : desk.row(conversation);
  if (conversation === null || row === null || desk.connection.value !== "live") return;
  const may = rights(desk, row);
  if (kind === "transfer" ? may.transfer : may.end) desk.dialog.value = { kind, conversation };
}

function switchMode(desk: Desk): void {
  const id = desk.selected.value;
  const row = id === null ? null : desk.row(id);
  if (row === null) return;
  const other = desk.modeOf(row.id) === "note" ? "reply" : "note";
  if (mayTurn(desk, row, other)) desk.setMode(row.id, other);
}
