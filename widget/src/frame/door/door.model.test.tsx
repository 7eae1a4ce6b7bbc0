// @vitest-environment happy-dom
// One browser with several tabs, used by one person after the other, against a model of the server. Whatever both
// sides, the network and the clock do, nobody sees what somebody before them wrote, and nobody writes into it.
// FAULTS=full runs it ten times as often.

import fc from "fast-check";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { copied, FakeWorld, fakeStorage } from "../../shared/link/fakes";
import { Link } from "../../shared/link/link";
import type { World } from "../../shared/link/world";
import { App } from "../App";
import { Chat } from "../chat/chat";
import { ServerClock } from "../clock";
import { Door } from "./door";
import type { Doorkeeper } from "./doorkeeper";
import "../ending/Ending";
import type { Host, Shown } from "../host";
import { fetchTalk } from "../talk/fetchTalk";
import { ModelHospital, RULES } from "./modelHospital";
import { OWNER } from "./modelTalk";
import { Person } from "./person";

// Drawn at once, as in a browser that has fetched it.
await fetchTalk();

const RUNS = process.env.FAULTS === "full" ? 4_000 : 200;
const SCENES_AT_MOST = 24;
const MINUTE = 60_000;
const SHARED_MS = 10 * MINUTE;
const DEPARTMENTS = ["妇科", "儿科"];

/** How often each result came about, over all stories. */
const counts: Record<string, number> = {};

function count(what: string) {
  counts[what] = (counts[what] ?? 0) + 1;
}

/** The machine with its clocks, and the person who sits there. */
class Machine {
  readonly world = new FakeWorld();
  readonly local = fakeStorage();
  readonly hospital = new ModelHospital(() => this.world.time);
  readonly tabs: Tab[] = [];
  readonly faults: string[] = [];
  /** The storage of closed tabs, which a browser may restore. */
  readonly closedTabs: Storage[] = [];
  person = "p1";
  persons = 1;
  said = 0;
  /** By how much this machine's clock is wrong. */
  wrong = 0;
  /** How long it has slept, which its steady clock does not count. */
  slept = 0;
  /** When the present person last did anything here. */
  touchedAt = 0;
  /** The present person has written something here and not ended it. */
  hasWritten = false;

  constructor(readonly isPhone: boolean) {}

  get tab(): Tab | undefined {
    return this.tabs[this.tabs.length - 1];
  }

  /** Until when the page's loader believes that there is a conversation to return to; 0: there is none. */
  until = 0;

  /** The person whose text could be continued. */
  begunBy: string | null = null;

  words(): string {
    this.hasWritten = true;
    this.begunBy = this.person;
    this.said += 1;
    return `话${this.said}〔${this.person}〕`;
  }

  /** Lets each tab look after time may have passed unnoticed; it also hears what another tab stored. */
  look() {
    for (const tab of this.tabs) tab.look();
  }
}

/** The page that embeds the chat. */
class FakeHost {
  readonly isEmbedded = true;
  count = 0;
  private shown: Shown | null = null;
  private isOpen = true;

  constructor(private readonly machine: Machine) {}

  until(until: number) {
    this.machine.until = until;
  }

  onShown(shown: Shown) {
    this.shown = shown;
    if (this.isOpen) shown.opened(false);
    else shown.closed();
    return () => {
      this.shown = null;
    };
  }

  onLanguage = () => () => {};
  closed = () => {};
  phone = () => {};
  locale = () => {};
  elder = () => {};

  close() {
    this.isOpen = false;
    this.shown?.closed();
  }

  open() {
    this.isOpen = true;
    this.shown?.opened(true);
  }

  unread(count: number) {
    this.count = count;
  }
}

const BOOT = { site: "demo", language: "zh", department: null, origins: [], version: "1", zone: "" } as const;

/** A page with the chat, from its load to its end. */
class Tab {
  readonly root = document.createElement("div");
  readonly host: FakeHost;
  readonly door: Door;
  /** The conversation was ended here, and the person has not closed the rating yet. */
  isEnding = false;
  private alive = true;
  private looks: (() => void)[] = [];
  private touches: (() => void)[] = [];

  constructor(
    private readonly machine: Machine,
    readonly storage: Storage,
  ) {
    const { world } = machine;
    this.host = new FakeHost(machine);
    const clocks = { now: () => world.time + machine.wrong, steady: () => world.time - machine.slept };
    const around = {
      world: this.worldOf(world),
      clock: new ServerClock(world.time, clocks),
      isPhone: machine.isPhone,
      onLook: (look: () => void) => void this.looks.push(look),
      onTouch: (touched: () => void) => void this.touches.push(touched),
    };
    const storages = {
      local: { storage: machine.local, lasts: true },
      tab: { storage, lasts: true },
    };
    const boot = { ...BOOT, origins: [], now: world.time };
    this.door = new Door(
      boot,
      storages,
      () => "zh",
      around,
      () => this.host.until(0),
    );
    const host = this.host as unknown as Host;
    const app = (
      <App door={this.door} host={host} suggested={null} onLanguage={() => {}} modeStore={machine.local} />
    );
    render(app, this.root);
    this.door.start();
  }

  /** Timers and connections stop when the page is gone. */
  private worldOf(world: FakeWorld): World {
    const { hospital } = this.machine;
    const ifAlive = (run: () => void) => () => {
      if (this.alive) run();
    };
    return {
      now: () => world.time + this.machine.wrong,
      random: world.random,
      setTimer: (run, ms) => world.setTimer(ifAlive(run), ms),
      clearTimer: world.clearTimer,
      connect: (_url, events) => {
        const wire = hospital.connect(events, (run) => void world.setTimer(ifAlive(run), 1));
        this.wires.push(wire);
        return wire;
      },
      ready: async () => null,
      onWake: (woken) => world.onWake(ifAlive(woken)),
      hidden: () => false,
    };
  }

  private readonly wires: { close(): void }[] = [];

  unload() {
    this.alive = false;
    for (const wire of this.wires) wire.close();
    render(null, this.root);
  }

  look() {
    for (const look of this.looks) look();
  }

  touch() {
    for (const touched of this.touches) touched();
  }

  /** Everything that can be read on it: text, and the content of fields. */
  get text(): string {
    const fields = [...this.root.querySelectorAll<HTMLInputElement>("input, textarea")];
    const typed = fields.filter(({ type }) => type !== "radio").map(({ value }) => value);
    return [this.root.textContent ?? "", ...typed].join("\n");
  }

  get chosen(): string {
    return this.root.querySelector<HTMLInputElement>("input[name=department]:checked")?.value ?? "";
  }

  /** The person in whose conversation a button of this screen would act. */
  get owner(): string | null {
    const id = this.door.chat?.state.conversation;
    return this.machine.hospital.talks.find((each) => each.id === id)?.person ?? null;
  }

  button(words: string): HTMLElement | undefined {
    return [...this.root.querySelectorAll<HTMLElement>("button")].find((each) =>
      `${each.textContent} ${each.getAttribute("aria-label") ?? ""}`.includes(words),
    );
  }

  click(words: string): boolean {
    const button = this.button(words);
    button?.click();
    return button !== undefined;
  }

  type(selector: string, words: () => string) {
    const field = this.root.querySelector<HTMLInputElement>(selector);
    if (field === null) return;
    field.value = words();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  submit(selector: string) {
    const form = this.root.querySelector(selector);
    form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  }
}

type Step = (machine: Machine, tab: Tab | undefined) => void;

/** A step that only the person at the machine can do, and that counts as a touch. */
function by(hand: (machine: Machine, tab: Tab) => void): Step {
  return (machine, tab) => {
    if (tab === undefined) return;
    tab.touch();
    machine.touchedAt = machine.world.time;
    const { owner } = tab;
    if (owner !== null && owner !== machine.person && !tab.door.asks) {
      machine.faults.push(`${machine.person} has ${owner}'s before their hands`);
    }
    hand(machine, tab);
  };
}

const STEPS_BY_NAME: Record<string, Step> = {
  "a new page": (machine) => {
    machine.tabs.push(new Tab(machine, fakeStorage()));
    machine.touchedAt = machine.world.time;
  },
  "the tab is copied": (machine, tab) => {
    if (tab) machine.tabs.push(new Tab(machine, copied(tab.storage)));
  },
  "a closed tab is brought back": (machine) => {
    const storage = machine.closedTabs.pop();
    if (storage) machine.tabs.push(new Tab(machine, storage));
  },
  reload: (machine, tab) => {
    if (tab === undefined) return;
    machine.tabs.pop();
    tab.unload();
    machine.tabs.push(new Tab(machine, tab.storage));
  },
  "the tab is closed": (machine) => {
    const tab = machine.tabs.pop();
    if (tab === undefined) return;
    tab.unload();
    machine.closedTabs.push(tab.storage);
  },
  "the browser is closed": (machine) => {
    for (const tab of machine.tabs.splice(0)) {
      tab.unload();
      machine.closedTabs.push(tab.storage);
    }
  },
  "another tab is looked at": (machine) => {
    const first = machine.tabs.shift();
    if (first) machine.tabs.push(first);
  },
  "the chat is put away": (_machine, tab) => {
    if (tab === undefined) return;
    tab.host.close();
    tab.isEnding = false;
  },
  "the chat is opened": (_machine, tab) => tab?.host.open(),
  "moves the mouse": by(() => {}),
  "chooses a department": by((_machine, tab) =>
    tab.root.querySelector<HTMLElement>("input[name=department]")?.click(),
  ),
  "begins to write": by((machine, tab) => tab.type(".composer textarea", () => machine.words())),
  sends: by((_machine, tab) => tab.submit(".composer")),
  "would rather leave a message": by((_machine, tab) => tab.click("改为留言")),
  "fills in the form": by((machine, tab) => {
    tab.type("#leave-text", () => machine.words());
    tab.type("#leave-name", () => `名〔${machine.person}〕`);
  }),
  "leaves the message": by((_machine, tab) => tab.submit("form.leave")),
  "wants to end it": by((_machine, tab) => {
    tab.click("结束本次咨询") || tab.click("不等了");
  }),
  "ends it": by((machine, tab) => {
    const yes = tab.root.querySelector<HTMLElement>(".dialog .button-danger");
    if (yes === null) return;
    yes.click();
    count("ended");
    tab.isEnding = true;
    Object.assign(machine, { hasWritten: false, begunBy: null });
  }),
  "gives stars": by((_machine, tab) => tab.root.querySelector<HTMLElement>(".star input")?.click()),
  rates: by((_machine, tab) => tab.submit("form.rating")),
  "begins anew": by((_machine, tab) => {
    if (tab.click("重新咨询")) tab.isEnding = false;
  }),
  "is the same": by((machine, tab) => {
    // Only the same person would say so.
    if (machine.begunBy === machine.person && tab.click("接着刚才的咨询")) count("was the same");
  }),
  "is somebody else": by((machine, tab) => {
    if (!tab.click("换人了")) return;
    count("was somebody else");
    machine.begunBy = null;
  }),
  "somebody sits down": (machine) => {
    if (!mayBeAnother(machine)) return;
    machine.persons += 1;
    machine.person = `p${machine.persons}`;
    machine.hasWritten = false;
  },
  "all that is stored is cleared": (machine) => {
    Object.assign(machine, { begunBy: null, until: 0 });
    machine.local.clear();
    for (const tab of machine.tabs) tab.storage.clear();
    machine.closedTabs.splice(0);
  },
  "a consultant answers": ({ hospital }) => hospital.answers(),
  "staff end it": ({ hospital }) => hospital.staffEnd("consultant"),
  "it ends by itself": ({ hospital }) => hospital.staffEnd("system"),
  "staff take it up again": ({ hospital }) => hospital.staffReopen(),
  "the connection is lost": ({ hospital }) => hospital.cut(),
  "the server is away": ({ hospital }) => {
    hospital.isDown = true;
    hospital.cut();
  },
  "the server is back": ({ hospital }) => {
    hospital.isDown = false;
  },
  "a moment": ({ world }) => world.pass(2_000),
  "a minute": ({ world }) => world.pass(MINUTE),
  "five minutes": ({ world }) => world.pass(5 * MINUTE),
  "eleven minutes": ({ world }) => world.pass(11 * MINUTE),
  "half an hour": ({ world, hospital }) => {
    world.pass(31 * MINUTE);
    hospital.look();
  },
  "the machine sleeps": (machine) => {
    machine.slept += 11 * MINUTE;
    machine.world.sleep(11 * MINUTE);
  },
  "the clock is set back": (machine) => {
    machine.wrong -= 17 * MINUTE;
  },
  "the clock is set forward": (machine) => {
    machine.wrong += 3 * MINUTE;
  },
};

/** Somebody else may sit down after ten minutes without anybody, or at once where everything was ended. */
function mayBeAnother({ world, touchedAt, isPhone, tabs, hasWritten }: Machine): boolean {
  const isLong = !isPhone && world.time - touchedAt >= SHARED_MS;
  return isLong || (!hasWritten && tabs.every(({ isEnding }) => !isEnding));
}

/** Nothing on any screen belongs to another person: no word, name, answer or choice. */
function check(machine: Machine, step: string) {
  const { person, hospital, tabs } = machine;
  const others = hospital.talks.filter((talk) => talk.person !== person);
  for (const tab of tabs) {
    const { text } = tab;
    const foreign = [...text.matchAll(new RegExp(OWNER, "g"))]
      .map(([, owner]) => owner)
      .filter((owner) => owner !== person);
    expect(foreign, `${step}: ${text}`).toEqual([]);
    for (const { consultant } of others) expect(text, step).not.toContain(consultant);
    if (tab.door.asks) {
      count(hospital.talks.every((talk) => talk.person === person) ? "asked" : "asked somebody else");
      expect(text, step).not.toMatch(OWNER);
      for (const name of DEPARTMENTS) expect(text, step).not.toContain(name);
      expect(tab.host.count, step).toBeLessThanOrEqual(1);
    }
    // What a person has ended is not shown either, because the next person may already stand behind them.
    if (tab.door.chat?.over) {
      expect(text, step).not.toMatch(OWNER);
      for (const name of DEPARTMENTS) expect(text, step).not.toContain(name);
    }
  }
  // Other tabs and later pages load the chat while it can be continued, and after an end no longer.
  if (machine.until > 0) {
    const mark = JSON.parse(machine.local.getItem("hchat-person-demo") ?? "{}");
    expect(mark.begun, `${step}: the mark of a running chat is left`).toBe(true);
    count("marked");
  }
  expect([...hospital.faults, ...machine.faults], step).toEqual([]);
}

const WRITES = ["begins to write", "sends", "a moment"];
const ENDS = ["wants to end it", "ends it"];
/** Steps that usually follow each other; at random some of these sequences would hardly ever occur. */
const SCENES = [
  [...WRITES, "a consultant answers"],
  [...WRITES, "a consultant answers", "a moment", ...ENDS, "a moment", "gives stars", "rates"],
  [...WRITES, "would rather leave a message", "fills in the form", "leaves the message", "a moment"],
  [...WRITES, "the server is away", "begins to write", "sends", ...ENDS, "reload", "somebody sits down"],
  [...WRITES, "a new page", "a moment", ...ENDS, "the chat is put away", "somebody sits down"],
  [...ENDS, "the chat is put away", "somebody sits down", "the chat is opened"],
  ["eleven minutes", "somebody sits down", "moves the mouse", "the chat is opened"],
  ["eleven minutes", "somebody sits down", "is somebody else", "a moment"],
  [...WRITES, "eleven minutes", "is the same", "moves the mouse"],
  ["the browser is closed", "eleven minutes", "somebody sits down", "a new page"],
  ["the tab is closed", "eleven minutes", "a closed tab is brought back"],
  ["a new page", "begins to write", "another tab is looked at"],
  ["chooses a department", "eleven minutes", "somebody sits down"],
];
const scene = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SCENES) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(STEPS_BY_NAME)).map((step) => [step]) },
);
const story = fc.tuple(fc.array(scene, { maxLength: SCENES_AT_MOST, size: "max" }), fc.boolean());

async function tell([scenes, isPhone]: [string[][], boolean]): Promise<void> {
  const machine = new Machine(isPhone);
  vi.stubGlobal("fetch", machine.hospital.fetch);
  try {
    for (const name of ["a new page", "a moment", ...scenes.flat()]) {
      await act(async () => {
        STEPS_BY_NAME[name]?.(machine, machine.tab);
        await settled(machine);
      });
      check(machine, name);
    }
    for (let each = 0; each < machine.hospital.ratings; each++) count("rated");
    for (let each = 0; each < machine.hospital.messages; each++) count("left");
  } finally {
    for (const tab of machine.tabs) tab.unload();
    // Lets a task pass, so that observers are not released before they have run.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Finishes what is under way: HTTP answers, handshakes, and changes that one tab sees of another. */
async function settled({ world, tabs }: Machine) {
  for (let round = 0; round < 3; round++) {
    for (let turn = 0; turn < 8; turn++) await null;
    world.pass(1);
    for (const tab of tabs) tab.look();
  }
}

afterEach(() => {
  for (const restore of restores.splice(0)) restore();
  vi.unstubAllGlobals();
  Object.assign(RULES, { endsTokens: true, closesOtherTabs: true });
});

test("whatever happens, nobody is shown what somebody before them wrote", {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(fc.asyncProperty(story, tell), { numRuns: RUNS });
  // Each of these must have occurred; otherwise nothing was tested.
  const often = [
    "asked",
    "asked somebody else",
    "was somebody else",
    "was the same",
    "ended",
    "rated",
    "left",
    "marked",
  ];
  for (const what of often) expect(counts[what] ?? 0, what).toBeGreaterThan(RUNS / 40);
});

/** The private parts that a fault changes. */
interface Inside {
  storages: { local: Storage };
  mark: { begun: boolean };
  asks: boolean;
  door: Doorkeeper;
  goOn(): void;
}

type Part = typeof Chat | typeof Door | typeof Person | typeof Link;

const restores: (() => void)[] = [];

/** Fails when the method does not exist: after a rename the fault would have no effect. */
function replace(part: Part, name: string, by: (whole: PropertyDescriptor) => PropertyDescriptor) {
  const whole = Object.getOwnPropertyDescriptor(part.prototype, name);
  if (whole === undefined) throw new Error(`${part.name} has no ${name}`);
  Object.defineProperty(part.prototype, name, { ...by(whole), configurable: true });
  restores.push(() => Object.defineProperty(part.prototype, name, whole));
}

function patch(part: Part, name: string, by: (inside: Inside, whole: () => unknown) => unknown) {
  replace(part, name, ({ value }: PropertyDescriptor) => ({
    value(this: Inside, ...all: unknown[]) {
      return by(this, () => (value as (...all: unknown[]) => unknown).apply(this, all));
    },
  }));
}

function says(part: Part, name: string, by: (inside: Inside) => boolean) {
  replace(part, name, () => ({
    get(this: Inside) {
      return by(this);
    },
  }));
}

/** Runs something that should remove the stored token, and puts the token back. */
function keepsToken({ storages: { local } }: Inside, whole: () => unknown) {
  const token = local.getItem("hchat-token-demo");
  whole();
  if (token !== null) local.setItem("hchat-token-demo", token);
  return [];
}

/** Versions of the chat, each with one rule removed. */
const BROKEN: Record<string, () => void> = {
  "asks nobody who they are": () => {
    says(Person, "isAway", () => false);
  },
  "asks only whoever loads the page anew": () => patch(Door, "look", () => {}),
  "asks only where something was begun in the same tab": () => {
    says(Person, "begun", ({ mark }) => mark.begun);
  },
  "takes a moved mouse for the answer": () =>
    patch(Door, "touched", (door, whole) => {
      whole();
      if (door.asks) door.goOn();
    }),
  "does not notice who sits at the other tabs": () => {
    says(Person, "isReplaced", () => false);
    RULES.closesOtherTabs = false;
  },
  "keeps the token for the next person": () => patch(Person, "leave", keepsToken),
  "keeps the token of what was ended": () => {
    RULES.endsTokens = false;
    patch(Person, "finish", keepsToken);
    patch(Chat, "endedElsewhere", () => false);
  },
  "leaves on the screen what was ended": () => {
    patch(Chat, "finish", (chat) => chat.door.finished());
    patch(Chat, "endedElsewhere", () => false);
  },
  "keeps for a reload what was ended": () => patch(Link, "keepNothing", () => {}),
  "shows an end to whoever opens the chat next": () => patch(Door, "putAway", () => {}),
  "leaves the page the mark of what is gone": () => patch(Door, "tellGone", () => {}),
  "shows an end for ever": () => {
    says(Person, "isAwayHere", () => false);
  },
};

test.each(Object.keys(BROKEN))("a chat that %s is detected", { timeout: 600_000 }, async (name) => {
  BROKEN[name]?.();
  const found = await fc.check(fc.asyncProperty(story, tell), { numRuns: 5_000, endOnFailure: true });
  expect(found.failed).toBe(true);
});
