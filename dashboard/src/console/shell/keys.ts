// The keyboard: every shortcut holds Alt, so none gets in the way of writing, and none is a browser's own. Places on
// the keyboard, not letters, since Alt makes other letters on a Mac.

import { t } from "../../shared/texts";
import { mayTurn } from "../composer/modes";
import type { Console } from "../desk/console";
import { rights, takeNext } from "../desk/giving";
import { withNumber } from "../list/numbers";
import { neighbour, nextUnanswered } from "../list/order";

interface Shortcut {
  readonly shown: readonly string[];
  /** The key of its description. */
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

/** Acts on the key and keeps the browser from it; leaves every other key alone. */
export function pressed(console: Console, event: KeyboardEvent): void {
  const plain = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!plain || event.isComposing || console.question.value !== null) return;
  const act = ACTS[event.code] ?? numbered(event.code);
  if (act === null) return;
  event.preventDefault();
  act(console);
}

type Act = (console: Console) => void;

const ACTS: Record<string, Act> = {
  ArrowUp: (console) => go(console, neighbour(console.shown.value, console.selected.value, -1)),
  ArrowDown: (console) => go(console, neighbour(console.shown.value, console.selected.value, 1)),
  KeyJ: (console) => go(console, nextUnanswered(console.wanted.value, console.selected.value)),
  Enter: take,
  NumpadEnter: take,
  KeyT: (console) => ask(console, "transfer"),
  KeyW: (console) => ask(console, "close"),
  KeyN: switchMode,
  Slash: (console) => {
    console.question.value = { kind: "help" };
  },
};

function numbered(code: string): Act | null {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  return number === undefined
    ? null
    : (console) => go(console, withNumber(console.numbers.value, Number(number)));
}

function go(console: Console, id: string | null): void {
  if (id !== null) console.select(id);
}

function take(console: Console): void {
  if (console.connection.value === "live") void takeNext(console, () => t("console.claim.nobody"));
}

function ask(console: Console, kind: "transfer" | "close"): void {
  const conversation = console.selected.value;
  const row = conversation === null ? null : console.row(conversation);
  if (conversation === null || row === null || console.connection.value !== "live") return;
  const may = rights(console, row);
  if (kind === "transfer" ? may.transfer : may.end) console.question.value = { kind, conversation };
}

function switchMode(console: Console): void {
  const id = console.selected.value;
  const row = id === null ? null : console.row(id);
  if (row === null) return;
  const other = console.modeOf(row.id) === "note" ? "reply" : "note";
  if (mayTurn(console, row, other)) console.setMode(row.id, other);
}
