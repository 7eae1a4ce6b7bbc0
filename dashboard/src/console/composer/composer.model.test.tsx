// @vitest-environment happy-dom
// The box against a model of the server: two windows of one consultant, two visitors, and whatever people, colleagues
// and the network may do in between. No visitor reads what was written as a note, and only its own visitor reads a
// reply, unless the writer turned it with the text on the screen. Nothing is lost, and nothing is sent twice without
// the writer's knowledge. FAULTS=full runs it ten times as often.

import { effect } from "@preact/signals";
import fc from "fast-check";
import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StaffServerFrame } from "../../../../widget/src/shared/frames";
import { fakeStorage } from "../../../../widget/src/shared/link/fakes";
import type { LinkState } from "../../../../widget/src/shared/link/link";
import { Outbox } from "../../../../widget/src/shared/link/outbox";
import { browser } from "../../../../widget/src/shared/link/world";
import { refusalSentence } from "../../shared/refusalText";
import { language, t } from "../../shared/texts";
import { DeskContext, useDesk } from "../desk/context";
import { takeOrTell } from "../desk/conversationActions";
import { Desk } from "../desk/desk";
import type { DeskLink } from "../desk/deskLink";
import { li, NOON, wang } from "../desk/testing";
import { join } from "../thread/helpActions";
import { ThreadFooter } from "../thread/ThreadFooter";
import { syncDrafts } from "./draftSync";
import { draftOf, heldDraft, MODES, type Mode } from "./drafts";
import { CONVERSATIONS, ModelStaffServer } from "./modelStaffServer";
import { hasBox, syncModes } from "./modeSync";
import { discard, retry, takeBack } from "./sending";

const RUNS = Number(process.env.MODEL_RUNS ?? 0) || (process.env.FAULTS === "full" ? 2_000 : 200);
const STEPS = 120;

/** A piece of text that somebody has typed, and its intended mode. */
interface Piece {
  readonly text: string;
  readonly conversation: string;
  readonly as: Mode;
  /** Its writer has moved it to the other mode with the text on the screen. */
  turned: boolean;
  /** Its writer has deleted it, or closed the only window that had it. */
  letGo: boolean;
  /** Its writer was told that it may have been sent already, before sending it. */
  knowing: boolean;
}

type Step = (story: Story, window: ConsoleTab) => unknown;

/** The link of one window: the real outbox, and a connection to the model server. */
class ModelLink {
  state: LinkState = "away";
  stoppedWith = null;
  trouble = null;
  readonly outbox: Outbox;
  private readonly frameFns: ((frame: StaffServerFrame) => void)[] = [];
  private readonly stateFns: ((state: LinkState) => void)[] = [];

  constructor(
    private readonly server: ModelStaffServer,
    private readonly window: ConsoleTab,
  ) {
    const send = (frame: object) => server.takes(window, frame as never);
    this.outbox = new Outbox(browser, { send, trouble: () => undefined }, null, "");
  }

  start = () => undefined;
  stop = () => undefined;
  serverNow = () => this.server.now;
  forget = () => undefined;
  tell = (frame: object) => this.server.takes(this.window, frame as never);
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
  const desk = useDesk();
  const row = desk.selected.value === null ? null : desk.row(desk.selected.value);
  return row === null ? null : <ThreadFooter row={row} />;
}

/** One window through its reloads, with the person in front of it. */
class ConsoleTab {
  readonly root = document.createElement("div");
  readonly storage = fakeStorage();
  desk!: Desk;
  link!: ModelLink;
  /** The element with the caret. */
  caret: Element | null = null;
  /** The mode that its writer believes the box to have: the one when they last looked. */
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
    this.link = new ModelLink(this.story.server, this);
    this.desk = new Desk(this.link as unknown as DeskLink);
    syncDrafts(this.desk);
    syncModes(this.desk, this.storage);
    effect(() => {
      const row = this.desk.row(this.desk.selected.value ?? "");
      if (row !== null && !hasBox(this.desk, row)) this.vanished = true;
    });
    BROKEN[this.story.broken]?.(this.desk);
    render(
      <DeskContext.Provider value={this.desk}>
        <Screen />
      </DeskContext.Provider>,
      this.root,
    );
    this.story.server.enter(this);
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
    return this.desk.selected.value ?? "";
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
  readonly server = new ModelStaffServer();
  readonly pieces: Piece[] = [];
  readonly faults: string[] = [];
  readonly tabs: [ConsoleTab, ConsoleTab];

  constructor(readonly broken = "") {
    playing = this;
    this.server.checksDrafts = broken !== "is a draft that every window may send";
    this.tabs = [new ConsoleTab(this), new ConsoleTab(this)];
  }

  /** The pieces that a text consists of. */
  in(text: string): Piece[] {
    return this.pieces.filter((piece) => text.includes(piece.text));
  }

  /** Everything that still exists of what was written in a conversation: sent, saved, or on one of the screens. */
  everywhere(id: string): string {
    const sent = this.server.of(id).entries.map(({ body }) => body);
    const kept = MODES.map((mode) => this.server.draft(id, mode));
    return [...sent, ...kept, ...this.tabs.map((tab) => heldBy(tab, id))].join("\n");
  }
}

function heldBy({ desk }: ConsoleTab, id: string): string {
  const boxes = MODES.map((mode) => draftOf(desk.drafts.value, id, mode));
  const unsent = desk.outbox.value.filter(({ conversation }) => conversation === id);
  return [...boxes, ...unsent.map(({ body }) => body)].join("\n");
}

let pieces = 0;
/** The story that is running. */
let playing: Story | null = null;

/** Boxes with one rule removed. */
const BROKEN: Record<string, (desk: Desk) => void> = {
  "follows what is possible": (desk) => {
    desk.modeOf = (id) => {
      const held = desk.stances.value.get(id);
      return desk.mayReply(id) ? (held?.chosen ? held.mode : "reply") : "note";
    };
  },
  "does not know who is in it": (desk) => {
    Object.defineProperty(desk.inBox, "value", { get: () => null, set: () => undefined });
  },
  "is a draft that every window may send": () => undefined,
};

/** What the person at a window does. */
const IN_A_TAB: Record<string, Step> = {
  "look into the box": (_, tab) => tab.focus(),
  "leave the box": (_, tab) => {
    tab.caret?.dispatchEvent(new FocusEvent("blur"));
    tab.caret = null;
  },
  write: (story, tab) => {
    if (tab.caret === null) tab.focus();
    IN_A_TAB.type?.(story, tab);
  },
  type: (story, tab) => {
    const { caret, conversation, belief } = tab;
    if (!(caret instanceof HTMLTextAreaElement)) return;
    const text = `<${pieces++}>`;
    story.pieces.push({ text, conversation, as: belief, turned: false, letGo: false, knowing: false });
    caret.value += text;
    caret.dispatchEvent(new Event("input", { bubbles: true }));
  },
  Enter: (story, tab) => sends(story, tab, () => tab.press("Enter")),
  "Enter in the moment of news": (story, tab) =>
    sends(story, tab, () => {
      while (story.server.deliver(tab)) {}
      tab.press("Enter");
    }),
  "click on the button": (story, tab) =>
    sends(story, tab, () => tab.click(t("console.send"), t("console.note.send"))),
  switch: (_, tab) => {
    const other = tab.shown === "note" ? "console.reply" : "console.note";
    tab.root.querySelectorAll<HTMLButtonElement>(".modes button:not(:disabled)").forEach((each) => {
      if (each.textContent?.startsWith(t(other))) each.click();
    });
  },
  turn: (story, tab) => {
    const text = tab.box?.value ?? "";
    if (tab.click(t("console.note.turn"), t("console.reply.turn")))
      for (const piece of story.in(text)) piece.turned = true;
  },
  delete: (story, tab) => {
    const text = tab.box?.value ?? "";
    if (tab.click(t("console.discard"))) for (const piece of story.in(text)) piece.letGo = true;
  },
  "keep this one": (story, tab) => {
    const [text, other] = [tab.box?.value ?? "", torn(tab)?.saved ?? ""];
    if (!tab.click(t("console.draft.keep"))) return;
    for (const piece of story.in(other)) piece.letGo = true;
    for (const piece of story.in(text)) piece.knowing = true;
  },
  "take the other": (story, tab) => {
    const [text, other] = [tab.box?.value ?? "", torn(tab)?.saved ?? ""];
    if (!tab.click(t("console.draft.take"), t("console.draft.empty"))) return;
    for (const piece of story.in(text)) piece.letGo = true;
    for (const piece of story.in(other)) piece.knowing = true;
  },
  "open c": (_, tab) => tab.desk.select("c"),
  "open d": (_, tab) => tab.desk.select("d"),
  "take it": (_, tab) => {
    const row = tab.desk.row(tab.conversation);
    if (row?.state === "waiting") void takeOrTell(tab.desk, row);
  },
  join: (_, tab) => {
    const row = tab.desk.row(tab.conversation);
    if (row !== null) void join(tab.desk, row);
  },
  "try again": (_, tab) => {
    const failed = tab.desk.outbox.value.find(({ refused }) => refused !== null);
    if (failed !== undefined) retry(tab.desk, failed);
  },
  "take back": (_, tab) => {
    const failed = tab.desk.outbox.value.find(({ refused }) => refused !== null);
    if (failed === undefined) return;
    takeBack(tab.desk, failed);
    tab.desk.setMode(failed.conversation, failed.mode);
  },
  "give up": (story, tab) => {
    const failed = tab.desk.outbox.value.find(({ refused }) => refused !== null);
    if (failed === undefined) return;
    discard(tab.desk, failed);
    for (const piece of story.in(failed.body)) piece.letGo = true;
  },
};

/** What the network and the clock do to a window. */
const TO_A_TAB: Record<string, Step> = {
  "something arrives": (story, tab) => story.server.deliver(tab),
  "all arrives": (story, tab) => {
    while (story.server.deliver(tab)) {}
  },
  reload: (story, tab) => {
    const { desk, link } = tab;
    // What the page does when it is left.
    desk.select(null);
    if (link.state === "live") while (story.server.serve()) {}
    story.server.leave(tab);
    const held = CONVERSATIONS.map((id) => heldBy(tab, id)).join("\n");
    const undecided = [...desk.drafts.value.values()].filter((draft) => draft.torn);
    const asked = [...desk.outbox.value, ...undecided].map(({ body }) => body).join("\n");
    link.lost();
    tab.load();
    for (const piece of story.in(held))
      if (!story.everywhere(piece.conversation).includes(piece.text)) piece.letGo = true;
    // The browser has asked whether to discard what is unsent.
    for (const piece of story.in(asked)) piece.letGo = true;
  },
  offline: (story, tab) => {
    story.server.leave(tab);
    tab.link.lost();
  },
  online: (story, tab) => {
    if (tab.link.state === "away") story.server.enter(tab);
  },
};

/** What happens on the server. */
const ELSEWHERE: Record<string, Step> = {
  "the server works": ({ server }) => server.serve(),
  "all is quick": ({ server }) => server.settle(),
  "a second": ({ server }) => {
    server.now += 1_100;
    vi.advanceTimersByTime(1_100);
  },
  ...Object.fromEntries(
    CONVERSATIONS.flatMap((id): [string, Step][] => [
      [`${id}: the visitor writes`, ({ server }) => server.visitorWrites(id)],
      [`${id}: it ends`, ({ server }) => server.ends(id)],
      [`${id}: to a colleague`, ({ server }) => server.given(id, wang)],
      [`${id}: to me`, ({ server }) => server.given(id, li)],
      [`${id}: back to the queue`, ({ server }) => server.returned(id)],
      [`${id}: asked to help`, ({ server }) => server.takesPart(id, "help")],
      [`${id}: asked to join`, ({ server }) => server.takesPart(id, "join")],
      [`${id}: joined`, ({ server }) => server.takesPart(id, "joined")],
      [`${id}: let go`, ({ server }) => server.takesPart(id, "none")],
    ]),
  ),
};

/** Sends; the writer may have been told that it was sent already. */
function sends(story: Story, tab: ConsoleTab, act: () => unknown): void {
  const text = tab.box?.value ?? "";
  if (torn(tab) !== null) for (const piece of story.in(text)) piece.knowing = true;
  act();
}

function torn({ desk, conversation, shown }: ConsoleTab) {
  const draft = shown === null ? null : heldDraft(desk.drafts.value, conversation, shown);
  return draft?.torn ? draft : null;
}

/** Steps after which the writer looks at the box again, because they did them themselves. */
const LOOKS = new Set(["switch", "turn", "open c", "open d", "take back", "reload"]);
/** Steps with which the writer may turn the box into a reply. */
const MAKES_A_REPLY = new Set(["switch", "turn", "open c", "open d", "take back", "reload"]);

const at = (steps: Record<string, Step>) =>
  Object.keys(steps).flatMap((name) => [0, 1].map((tab) => `${tab} ${name}`));
const [DESK_STEPS, WIRE_STEPS] = [at(IN_A_TAB), at(TO_A_TAB)];
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
    for (const tab of story.tabs) {
      story.server.settle();
      await drawn();
      tab.desk.select("c");
    }
    await drawn();
    for (const name of names) await goOn(story, name);
    await comeToRest(story);
    judge(story);
  } finally {
    for (const { root } of story.tabs) {
      render(null, root);
      root.remove();
    }
    vi.clearAllTimers();
  }
}

async function goOn(story: Story, name: string): Promise<void> {
  const [number, ...rest] = name.split(" ");
  const tab = story.tabs[Number(number)];
  const own = rest.join(" ");
  const before = story.tabs.map(standing);
  const told = story.tabs.map(timesTold);
  for (const each of story.tabs) each.vanished = false;
  if (tab === undefined) ELSEWHERE[name]?.(story, story.tabs[0]);
  else (IN_A_TAB[own] ?? TO_A_TAB[own])?.(story, tab);
  await drawn();
  for (const [place, each] of story.tabs.entries()) {
    const itself = each === tab;
    if (each.caret?.isConnected === false) each.caret = null;
    const was = before[place];
    if (was !== undefined) watch(story, each, was, name, itself && MAKES_A_REPLY.has(own));
    if ((itself && LOOKS.has(own)) || each.waits) each.looks();
    if (timesTold(each) > (told[place] ?? 0) || refusedAsChanged(each))
      for (const id of CONVERSATIONS) for (const piece of story.in(heldBy(each, id))) piece.knowing = true;
  }
}

/** The state of the box before a step. */
function standing(tab: ConsoleTab) {
  const { shown, conversation, caret, box, desk } = tab;
  const inside = caret !== null && caret === box;
  const text = box?.value ?? "";
  return { shown, conversation, inside, text, taking: desk.taking.has(conversation) };
}

/** No box changes its mode while somebody is in it, and none turns to the visitor unless its writer does it. */
function watch(
  story: Story,
  tab: ConsoleTab,
  was: ReturnType<typeof standing>,
  name: string,
  byItself: boolean,
): void {
  const { shown } = tab;
  if (byItself || shown === null || was.shown === null || was.conversation !== tab.conversation) return;
  if (shown === was.shown) return;
  const left = tab.caret === null && (tab.vanished || name.endsWith("leave the box"));
  const text = draftOf(tab.desk.drafts.value, was.conversation, was.shown);
  if ((was.inside && !left) || (was.text !== "" && text !== ""))
    story.faults.push(`${name}: a box with somebody or something in it became a ${shown}`);
  if (shown === "reply" && !was.taking) story.faults.push(`${name}: an empty box became a reply`);
}

function timesTold({ desk }: ConsoleTab): number {
  const sentence = refusalSentence({ code: "draft_changed", details: {} });
  return desk.notices.shown.value.filter(({ text }) => text() === sentence).length;
}

function refusedAsChanged({ desk }: ConsoleTab): boolean {
  return desk.outbox.value.some(({ refused }) => refused?.code === "draft_changed");
}

/** Waits until promises are settled and the screen is drawn. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
}

async function comeToRest(story: Story): Promise<void> {
  for (const tab of story.tabs) if (tab.link.state === "away") story.server.enter(tab);
  for (let round = 0; round < 4; round++) {
    story.server.settle();
    await drawn();
    vi.advanceTimersByTime(1_100);
    story.server.now += 1_100;
    await drawn();
  }
  story.server.settle();
  await drawn();
}

function judge(story: Story): void {
  const { faults, server } = story;
  for (const id of CONVERSATIONS) {
    const all = server.of(id).entries.filter(({ author }) => author.kind !== "visitor");
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
      // A text that was being moved when the page was left is in both modes, visible to its writer.
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
  // There are several windows in one page, and the story itself tells them when they are left.
  vi.spyOn(window, "addEventListener").mockImplementation(() => undefined);
  vi.spyOn(document, "addEventListener").mockImplementation(() => undefined);
  // Two tabs have two carets.
  vi.spyOn(HTMLElement.prototype, "focus").mockImplementation(function (this: HTMLElement) {
    const tab = playing?.tabs?.find(({ root }) => root.contains(this));
    if (tab === undefined || !(this instanceof HTMLTextAreaElement)) return;
    tab.caret = this;
    this.dispatchEvent(new FocusEvent("focus"));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Found once in thousands of stories. */
const FOUND = [
  // The other window's text arrives at the moment in which Enter is pressed.
  [
    ...["0 write", "0 switch", "0 write", "c: it ends", "a second", "0 write", "all is quick", "a second"],
    ...["1 turn", "the server works", "1 Enter in the moment of news", "0 Enter"],
  ],
  // What was turned is not kept, since the conversation is a colleague's for a moment: another window has it, too.
  [
    ...["0 write", "c: it ends", "a second", "all is quick", "1 turn", "0 write", "a second"],
    ...["c: to a colleague", "the server works", "c: to me", "0 turn"],
    ...["0 Enter in the moment of news", "1 Enter"],
  ],
];

test("whatever happens, every text is sent once and to whom it was meant", { timeout: 900_000 }, () =>
  fc.assert(
    fc.asyncProperty(steps, (names) => tell(names)),
    { numRuns: RUNS, examples: FOUND.map((names): [string[]] => [names]) },
  ),
);

test.each(Object.keys(BROKEN))("a box that %s is detected", { timeout: 300_000 }, async (broken) => {
  const property = fc.asyncProperty(steps, (names) => tell(names, broken));
  const found = await fc.check(property, { numRuns: 2_000, endOnFailure: true });
  expect(found.failed).toBe(true);
});
