// @vitest-environment happy-dom
// The box against a model of the server: two windows of one consultant, two visitors, and whatever people, colleagues
// and the network may do in between. What is written as a note is read by no visitor and what is written as a reply by
// its own visitor alone, unless the writer has turned it with the text on the screen; nothing is lost, and nothing is
// sent twice unknowingly. FAULTS=full runs it ten times as often.

import { effect } from "@preact/signals";
import fc from "fast-check";
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StaffServerFrame } from "../../../../widget/src/shared/frames";
import { fakeStorage } from "../../../../widget/src/shared/link/fakes";
import type { LinkState } from "../../../../widget/src/shared/link/link";
import { Outbox } from "../../../../widget/src/shared/link/outbox";
import { browser } from "../../../../widget/src/shared/link/world";
import { language, t } from "../../shared/texts";
import { Console, type ConsoleLink } from "../desk/console";
import { ConsoleContext, useConsole } from "../desk/context";
import { takeOrTell } from "../desk/giving";
import { refusalSentence } from "../desk/sentences";
import { li, NOON, wang } from "../desk/testing";
import { Foot } from "../thread/Foot";
import { join } from "../thread/helping";
import { draftOf, heldDraft, MODES, type Mode } from "./drafts";
import { CONVERSATIONS, ModelHouse } from "./modelhouse";
import { hasBox, keepModes } from "./modes";
import { keepDrafts } from "./saving";
import { discard, retry, takeBack } from "./sending";

const RUNS = process.env.FAULTS === "full" ? 2_000 : 200;
const STEPS = 120;

/** A piece of text that somebody has typed, and what was meant by it. */
interface Piece {
  readonly text: string;
  readonly conversation: string;
  readonly as: Mode;
  /** Its writer has moved it to the other mode, with it on the screen. */
  turned: boolean;
  /** Its writer has deleted it, or let go of a window that alone had it. */
  letGo: boolean;
  /** Its writer was told that it may have been sent already, before sending it. */
  knowing: boolean;
}

type Step = (story: Story, window: Desk) => unknown;

/** The link of one window: the real outbox, a wire that the house holds. */
class ModelLink {
  state: LinkState = "away";
  stoppedWith = null;
  trouble = null;
  readonly outbox: Outbox;
  private readonly frameFns: ((frame: StaffServerFrame) => void)[] = [];
  private readonly stateFns: ((state: LinkState) => void)[] = [];

  constructor(
    private readonly house: ModelHouse,
    private readonly window: Desk,
  ) {
    const send = (frame: object) => house.takes(window, frame as never);
    this.outbox = new Outbox(browser, { send, trouble: () => undefined }, null, "");
  }

  start = () => undefined;
  stop = () => undefined;
  serverNow = () => this.house.now;
  forget = () => undefined;
  tell = (frame: object) => this.house.takes(this.window, frame as never);
  onReset = () => () => undefined;
  onGone = () => () => undefined;
  onTrouble = () => () => undefined;
  onFrame = (fn: (frame: StaffServerFrame) => void) => this.frameFns.push(fn);
  onState = (fn: (state: LinkState) => void) => this.stateFns.push(fn);
  request = (frame: never) => this.outbox.add(frame);

  enter(state: LinkState): void {
    this.state = state;
    for (const fn of this.stateFns) fn(state);
  }

  hear(frame: StaffServerFrame): void {
    if (frame.type === "welcome") this.enter("live");
    if (frame.type === "refused") {
      this.outbox.refused(frame);
      return;
    }
    for (const fn of this.frameFns) fn(frame);
    if (frame.type === "welcome") this.outbox.connected();
    if (frame.type === "accepted" || frame.type === "following") this.outbox.answered(frame);
  }

  lost(): void {
    this.outbox.disconnected();
    this.enter("away");
  }
}

function Screen() {
  const console = useConsole();
  const row = console.selected.value === null ? null : console.row(console.selected.value);
  return row === null ? null : <Foot row={row} />;
}

/** One window, through its reloads, and whoever sits in front of it. */
class Desk {
  readonly root = document.createElement("div");
  readonly storage = fakeStorage();
  console!: Console;
  link!: ModelLink;
  /** Where the caret stands. */
  caret: Element | null = null;
  /** To whom its writer believes to write: as it was when they last looked. */
  belief: Mode = "reply";
  /** The box was gone for a moment. */
  vanished = false;
  /** They have opened a conversation and look as soon as there is a box. */
  waits = false;

  constructor(private readonly story: Story) {
    document.body.append(this.root);
    this.load();
  }

  load(): void {
    render(null, this.root);
    this.caret = null;
    this.link = new ModelLink(this.story.house, this);
    this.console = new Console(this.link as unknown as ConsoleLink);
    keepDrafts(this.console);
    keepModes(this.console, this.storage);
    effect(() => {
      const row = this.console.row(this.console.selected.value ?? "");
      if (row !== null && !hasBox(this.console, row)) this.vanished = true;
    });
    BROKEN[this.story.broken]?.(this.console);
    render(
      <ConsoleContext.Provider value={this.console}>
        <Screen />
      </ConsoleContext.Provider>,
      this.root,
    );
    this.story.house.enter(this);
  }

  hear(frame: StaffServerFrame): void {
    this.link.hear(frame);
  }

  get box(): HTMLTextAreaElement | null {
    return this.root.querySelector("textarea");
  }

  get shown(): Mode | null {
    const form = this.root.querySelector("form");
    return form === null ? null : form.classList.contains("is-note") ? "note" : "reply";
  }

  get conversation(): string {
    return this.console.selected.value ?? "";
  }

  looks(): void {
    this.waits = this.shown === null;
    this.belief = this.shown ?? this.belief;
  }

  focus(): void {
    this.box?.focus();
    this.looks();
  }

  press(key: string): void {
    this.caret?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }

  click(...names: string[]): boolean {
    const all = Array.from(this.root.querySelectorAll<HTMLButtonElement>("button:not(:disabled)"));
    const found = all.find((each) => names.some((name) => each.textContent?.trim() === name));
    found?.click();
    return found !== undefined;
  }
}

class Story {
  readonly house = new ModelHouse();
  readonly pieces: Piece[] = [];
  readonly faults: string[] = [];
  readonly desks: [Desk, Desk];

  constructor(readonly broken = "") {
    playing = this;
    this.house.checksDrafts = broken !== "is a draft that every window may send";
    this.desks = [new Desk(this), new Desk(this)];
  }

  /** The pieces that a text is made of. */
  in(text: string): Piece[] {
    return this.pieces.filter((piece) => text.includes(piece.text));
  }

  /** All that is to be found of what was written in a conversation: sent, kept, or on one of the screens. */
  everywhere(id: string): string {
    const sent = this.house.of(id).entries.map(({ body }) => body);
    const kept = MODES.map((mode) => this.house.draft(id, mode));
    return [...sent, ...kept, ...this.desks.map((desk) => heldBy(desk, id))].join("\n");
  }
}

function heldBy({ console }: Desk, id: string): string {
  const boxes = MODES.map((mode) => draftOf(console.drafts.value, id, mode));
  const unsent = console.outbox.value.filter(({ conversation }) => conversation === id);
  return [...boxes, ...unsent.map(({ body }) => body)].join("\n");
}

let pieces = 0;
/** The story that is being told. */
let playing: Story | null = null;

/** A box with one of its rules taken out of it. */
const BROKEN: Record<string, (console: Console) => void> = {
  "follows what is possible": (console) => {
    console.modeOf = (id) => {
      const held = console.stances.value.get(id);
      return console.mayReply(id) ? (held?.chosen ? held.mode : "reply") : "note";
    };
  },
  "does not know who is in it": (console) => {
    Object.defineProperty(console.inBox, "value", { get: () => null, set: () => undefined });
  },
  "is a draft that every window may send": () => undefined,
};

/** What the person at a window does. */
const AT_A_DESK: Record<string, Step> = {
  "look into the box": (_, desk) => desk.focus(),
  "leave the box": (_, desk) => {
    desk.caret?.dispatchEvent(new FocusEvent("blur"));
    desk.caret = null;
  },
  write: (story, desk) => {
    if (desk.caret === null) desk.focus();
    AT_A_DESK.type?.(story, desk);
  },
  type: (story, desk) => {
    const { caret, conversation, belief } = desk;
    if (!(caret instanceof HTMLTextAreaElement)) return;
    const text = `<${pieces++}>`;
    story.pieces.push({ text, conversation, as: belief, turned: false, letGo: false, knowing: false });
    caret.value += text;
    caret.dispatchEvent(new Event("input", { bubbles: true }));
  },
  Enter: (story, desk) => sends(story, desk, () => desk.press("Enter")),
  "Enter in the moment of news": (story, desk) =>
    sends(story, desk, () => {
      while (story.house.deliver(desk)) {}
      desk.press("Enter");
    }),
  "click on the button": (story, desk) =>
    sends(story, desk, () => desk.click(t("console.send"), t("console.note.send"))),
  switch: (_, desk) => {
    const other = desk.shown === "note" ? "console.reply" : "console.note";
    desk.root.querySelectorAll<HTMLButtonElement>(".modes button:not(:disabled)").forEach((each) => {
      if (each.textContent?.startsWith(t(other))) each.click();
    });
  },
  turn: (story, desk) => {
    const text = desk.box?.value ?? "";
    if (desk.click(t("console.note.turn"), t("console.reply.turn")))
      for (const piece of story.in(text)) piece.turned = true;
  },
  delete: (story, desk) => {
    const text = desk.box?.value ?? "";
    if (desk.click(t("console.discard"))) for (const piece of story.in(text)) piece.letGo = true;
  },
  "keep this one": (story, desk) => {
    const [text, other] = [desk.box?.value ?? "", torn(desk)?.saved ?? ""];
    if (!desk.click(t("console.draft.keep"))) return;
    for (const piece of story.in(other)) piece.letGo = true;
    for (const piece of story.in(text)) piece.knowing = true;
  },
  "take the other": (story, desk) => {
    const [text, other] = [desk.box?.value ?? "", torn(desk)?.saved ?? ""];
    if (!desk.click(t("console.draft.take"), t("console.draft.empty"))) return;
    for (const piece of story.in(text)) piece.letGo = true;
    for (const piece of story.in(other)) piece.knowing = true;
  },
  "open c": (_, desk) => desk.console.select("c"),
  "open d": (_, desk) => desk.console.select("d"),
  "take it": (_, desk) => {
    const row = desk.console.row(desk.conversation);
    if (row?.state === "waiting") void takeOrTell(desk.console, row);
  },
  join: (_, desk) => {
    const row = desk.console.row(desk.conversation);
    if (row !== null) void join(desk.console, row);
  },
  "try again": (_, desk) => {
    const failed = desk.console.outbox.value.find(({ refused }) => refused !== null);
    if (failed !== undefined) retry(desk.console, failed);
  },
  "take back": (_, desk) => {
    const failed = desk.console.outbox.value.find(({ refused }) => refused !== null);
    if (failed === undefined) return;
    takeBack(desk.console, failed);
    desk.console.setMode(failed.conversation, failed.mode);
  },
  "give up": (story, desk) => {
    const failed = desk.console.outbox.value.find(({ refused }) => refused !== null);
    if (failed === undefined) return;
    discard(desk.console, failed);
    for (const piece of story.in(failed.body)) piece.letGo = true;
  },
};

/** What the network and the clock do to a window. */
const TO_A_DESK: Record<string, Step> = {
  "something arrives": (story, desk) => story.house.deliver(desk),
  "all arrives": (story, desk) => {
    while (story.house.deliver(desk)) {}
  },
  reload: (story, desk) => {
    const { console, link } = desk;
    // What the page does when it is left.
    console.select(null);
    if (link.state === "live") while (story.house.serve()) {}
    story.house.leave(desk);
    const held = CONVERSATIONS.map((id) => heldBy(desk, id)).join("\n");
    const undecided = [...console.drafts.value.values()].filter((draft) => draft.torn);
    const asked = [...console.outbox.value, ...undecided].map(({ body }) => body).join("\n");
    link.lost();
    desk.load();
    for (const piece of story.in(held))
      if (!story.everywhere(piece.conversation).includes(piece.text)) piece.letGo = true;
    // The browser has asked whether to leave what is unsent.
    for (const piece of story.in(asked)) piece.letGo = true;
  },
  offline: (story, desk) => {
    story.house.leave(desk);
    desk.link.lost();
  },
  online: (story, desk) => {
    if (desk.link.state === "away") story.house.enter(desk);
  },
};

/** What happens at the server. */
const ELSEWHERE: Record<string, Step> = {
  "the server works": ({ house }) => house.serve(),
  "all is quick": ({ house }) => house.settle(),
  "a second": ({ house }) => {
    house.now += 1_100;
    vi.advanceTimersByTime(1_100);
  },
  ...Object.fromEntries(
    CONVERSATIONS.flatMap((id): [string, Step][] => [
      [`${id}: the visitor writes`, ({ house }) => house.visitorWrites(id)],
      [`${id}: it ends`, ({ house }) => house.ends(id)],
      [`${id}: to a colleague`, ({ house }) => house.given(id, wang)],
      [`${id}: to me`, ({ house }) => house.given(id, li)],
      [`${id}: back to the queue`, ({ house }) => house.returned(id)],
      [`${id}: asked to help`, ({ house }) => house.takesPart(id, "help")],
      [`${id}: asked to join`, ({ house }) => house.takesPart(id, "join")],
      [`${id}: joined`, ({ house }) => house.takesPart(id, "joined")],
      [`${id}: let go`, ({ house }) => house.takesPart(id, "none")],
    ]),
  ),
};

/** Whoever sends it may have been told that it is no news. */
function sends(story: Story, desk: Desk, act: () => unknown): void {
  const text = desk.box?.value ?? "";
  if (torn(desk) !== null) for (const piece of story.in(text)) piece.knowing = true;
  act();
}

function torn({ console, conversation, shown }: Desk) {
  const draft = shown === null ? null : heldDraft(console.drafts.value, conversation, shown);
  return draft?.torn ? draft : null;
}

/** After which the writer looks at the box again: they have done it themselves. */
const LOOKS = new Set(["switch", "turn", "open c", "open d", "take back", "reload"]);
/** By which the writer may make a reply of the box. */
const MAKES_A_REPLY = new Set(["switch", "turn", "open c", "open d", "take back", "reload"]);

const at = (steps: Record<string, Step>) =>
  Object.keys(steps).flatMap((name) => [0, 1].map((desk) => `${desk} ${name}`));
const [DESK_STEPS, WIRE_STEPS] = [at(AT_A_DESK), at(TO_A_DESK)];
const USUAL = [
  ...[
    "0 write",
    "0 write",
    "0 type",
    "1 write",
    "1 type",
    "0 Enter",
    "1 Enter",
    "0 turn",
    "1 turn",
    "0 switch",
  ],
  ...["the server works", "0 all arrives", "1 all arrives", "all is quick", "all is quick", "a second"],
  ...["c: to me", "c: the visitor writes", "c: it ends"],
];
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...USUAL) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(ELSEWHERE)) },
  { weight: 2, arbitrary: fc.constantFrom(...DESK_STEPS) },
  { weight: 1, arbitrary: fc.constantFrom(...WIRE_STEPS) },
);
const steps = fc.array(step, { maxLength: STEPS, size: "max" });

async function tell(names: string[], broken = ""): Promise<void> {
  const story = new Story(broken);
  try {
    for (const desk of story.desks) {
      story.house.settle();
      await drawn();
      desk.console.select("c");
    }
    await drawn();
    for (const name of names) await goOn(story, name);
    await comeToRest(story);
    judge(story);
  } finally {
    for (const { root } of story.desks) {
      render(null, root);
      root.remove();
    }
    vi.clearAllTimers();
  }
}

async function goOn(story: Story, name: string): Promise<void> {
  const [number, ...rest] = name.split(" ");
  const desk = story.desks[Number(number)];
  const own = rest.join(" ");
  const before = story.desks.map(standing);
  const told = story.desks.map(timesTold);
  for (const each of story.desks) each.vanished = false;
  if (desk === undefined) ELSEWHERE[name]?.(story, story.desks[0]);
  else (AT_A_DESK[own] ?? TO_A_DESK[own])?.(story, desk);
  await drawn();
  for (const [place, each] of story.desks.entries()) {
    const itself = each === desk;
    if (each.caret?.isConnected === false) each.caret = null;
    const was = before[place];
    if (was !== undefined) watch(story, each, was, name, itself && MAKES_A_REPLY.has(own));
    if ((itself && LOOKS.has(own)) || each.waits) each.looks();
    if (timesTold(each) > (told[place] ?? 0) || refusedAsChanged(each))
      for (const id of CONVERSATIONS) for (const piece of story.in(heldBy(each, id))) piece.knowing = true;
  }
}

/** How a box stands before something happens. */
function standing(desk: Desk) {
  const { shown, conversation, caret, box, console } = desk;
  const inside = caret !== null && caret === box;
  const text = box?.value ?? "";
  return { shown, conversation, inside, text, taking: console.taking.has(conversation) };
}

/** No box turns under somebody, and none to the visitor unless its writer does it. */
function watch(
  story: Story,
  desk: Desk,
  was: ReturnType<typeof standing>,
  name: string,
  byItself: boolean,
): void {
  const { shown } = desk;
  if (byItself || shown === null || was.shown === null || was.conversation !== desk.conversation) return;
  if (shown === was.shown) return;
  const left = desk.caret === null && (desk.vanished || name.endsWith("leave the box"));
  const text = draftOf(desk.console.drafts.value, was.conversation, was.shown);
  if ((was.inside && !left) || (was.text !== "" && text !== ""))
    story.faults.push(`${name}: a box with somebody or something in it became a ${shown}`);
  if (shown === "reply" && !was.taking) story.faults.push(`${name}: an empty box became a reply`);
}

function timesTold({ console }: Desk): number {
  const sentence = refusalSentence({ code: "draft_changed", details: {} });
  return console.notices.value.filter(({ text }) => text() === sentence).length;
}

function refusedAsChanged({ console }: Desk): boolean {
  return console.outbox.value.some(({ refused }) => refused?.code === "draft_changed");
}

/** Promises are kept and the screen is drawn. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

async function comeToRest(story: Story): Promise<void> {
  for (const desk of story.desks) if (desk.link.state === "away") story.house.enter(desk);
  for (let round = 0; round < 4; round++) {
    story.house.settle();
    await drawn();
    vi.advanceTimersByTime(1_100);
    story.house.now += 1_100;
    await drawn();
  }
  story.house.settle();
  await drawn();
}

function judge(story: Story): void {
  const { faults, house } = story;
  for (const id of CONVERSATIONS) {
    const all = house.of(id).entries.filter(({ author }) => author.kind !== "visitor");
    for (const piece of story.pieces) {
      const found = all.filter(({ body }) => body?.includes(piece.text));
      if (found.length > 0 && piece.conversation !== id)
        faults.push(`${piece.text} was written in ${piece.conversation} and went to ${id}`);
      for (const { kind } of found) {
        const went: Mode = kind === "note" ? "note" : "reply";
        if (went !== piece.as && !piece.turned)
          faults.push(`${piece.text}, a ${piece.as}, went as a ${went}`);
      }
      const kinds = new Set(found.map(({ kind }) => kind)).size;
      // What was moved as the page was left stands in both places, under the eyes of its writer.
      if (found.length > (piece.turned ? kinds : 1) && !piece.knowing)
        faults.push(`${piece.text} was sent ${found.length} times`);
      if (piece.conversation === id && !piece.letGo && !story.everywhere(id).includes(piece.text))
        faults.push(`${piece.text} is lost`);
    }
  }
  expect(faults).toEqual([]);
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  language.value = "zh";
  window.matchMedia = () => ({ matches: true }) as MediaQueryList;
  // The windows are many; nobody tells them when the page is left but the story itself.
  vi.spyOn(window, "addEventListener").mockImplementation(() => undefined);
  vi.spyOn(document, "addEventListener").mockImplementation(() => undefined);
  // Two desks have two carets.
  vi.spyOn(HTMLElement.prototype, "focus").mockImplementation(function (this: HTMLElement) {
    const desk = playing?.desks?.find(({ root }) => root.contains(this));
    if (desk === undefined || !(this instanceof HTMLTextAreaElement)) return;
    desk.caret = this;
    this.dispatchEvent(new FocusEvent("focus"));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("whatever happens, every text goes where it was meant to go, and once", { timeout: 900_000 }, () =>
  fc.assert(
    fc.asyncProperty(steps, (names) => tell(names)),
    { numRuns: RUNS },
  ),
);

test.each(Object.keys(BROKEN))("a box that %s is found out", { timeout: 300_000 }, async (broken) => {
  const property = fc.asyncProperty(steps, (names) => tell(names, broken));
  const found = await fc.check(property, { numRuns: 2_000, endOnFailure: true });
  expect(found.failed).toBe(true);
});
