// What the console's tests share: people, rows and entries with sensible defaults, and a link without a network.

import type {
  Draft,
  Entry,
  Me,
  Person,
  Row,
  StaffServerFrame,
  StaffWelcome,
} from "../../../../widget/src/shared/frames";
import type { LinkState } from "../../../../widget/src/shared/link/link";
import type { DeskLink } from "./deskLink";

export const li: Person & { id: string } = { id: "li", name: "李晓燕", number: "012", title: "consultant" };
export const wang: Person = { id: "wang", name: "王建国", number: "021", title: "consultant" };

export const me: Me = {
  ...li,
  role: "consultant",
  groups: ["gynecology"],
  capacity: 5,
  load: 0,
  availability: "online",
  availability_since: 0,
};

export const supervisor: Me = { ...me, role: "supervisor" };

/** The time of all tests, in ms. */
export const NOON = Date.UTC(2026, 10, 21, 12);

/** An answered conversation that li owns. */
export function row(id: string, differs: Partial<Row> = {}): Row {
  return {
    id,
    label: id.slice(0, 4),
    site: "demo",
    department: "gynecology",
    group: "gynecology",
    language: "zh",
    state: "active",
    opened_at: NOON - 600_000,
    queued_at: NOON - 600_000,
    fence: 1,
    head: 3,
    last_line: "你好",
    last_at: NOON - 60_000,
    visitor_here: true,
    owner: li,
    replied: true,
    ...differs,
  };
}

/** A waiting conversation. */
export function waitingRow(id: string, queuedAt: number, differs: Partial<Row> = {}): Row {
  return row(id, { state: "waiting", owner: null, replied: false, queued_at: queuedAt, ...differs });
}

/** A message of the visitor. */
export function entry(conversation: string, seq: number, differs: Partial<Entry> = {}): Entry {
  return {
    type: "entry",
    conversation,
    epoch: "e",
    seq,
    id: `${conversation}-${seq}`,
    kind: "message",
    at: NOON + seq * 1000,
    author: { kind: "visitor" },
    body: `第${seq}句`,
    ...differs,
  };
}

/** A message of li. */
export function answer(conversation: string, seq: number, differs: Partial<Entry> = {}): Entry {
  return entry(conversation, seq, { author: { kind: "consultant", person: li }, ...differs });
}

export const welcome: StaffWelcome = {
  type: "welcome",
  version: 1,
  connection: "c",
  now: NOON,
  ping_ms: 8000,
  limits: { message: 1000, note: 2000 },
  clocks: {
    first: [15_000, 30_000, 60_000],
    follow_up: [30_000, 60_000, 120_000],
    ring_ms: 15_000,
    transfer_ms: 30_000,
    above_capacity: 3,
  },
  me,
  groups: [{ id: "gynecology", zh: "妇科组", en: "Gynaecology", mode: "automatic", mine: true }],
  departments: [{ id: "gynecology", zh: "妇科", en: "Gynaecology" }],
  sites: [{ id: "demo", zh: "示范医院", en: "Demo hospital" }],
};

interface Asked {
  frame: { type: string; ref: string; [field: string]: unknown };
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/** Records what was sent; the test answers. */
export class FakeLink {
  state: LinkState = "live";
  stoppedWith: number | null = null;
  trouble: string | null = null;
  now = NOON;
  readonly asked: Asked[] = [];
  readonly told: { type: string; [field: string]: unknown }[] = [];
  readonly forgotten: string[] = [];
  private readonly frameFns: ((frame: StaffServerFrame) => void)[] = [];
  private readonly stateFns: ((state: LinkState) => void)[] = [];
  private readonly troubleFns: ((trouble: string | null) => void)[] = [];

  start(): void {}
  stop(): void {}
  serverNow = () => this.now;
  forget = (conversation: string) => void this.forgotten.push(conversation);
  tell = (frame: { type: string }) => void this.told.push(frame);
  onReset = () => () => undefined;
  onGone = () => () => undefined;

  onFrame = (fn: (frame: StaffServerFrame) => void) => {
    this.frameFns.push(fn);
    return () => undefined;
  };

  onState = (fn: (state: LinkState) => void) => {
    this.stateFns.push(fn);
    return () => undefined;
  };

  onTrouble = (fn: (trouble: string | null) => void) => {
    this.troubleFns.push(fn);
    return () => undefined;
  };

  request = (frame: { type: string; ref: string }) =>
    new Promise((resolve, reject) => this.asked.push({ frame, resolve, reject }));

  /** For `new Desk(link.asLink)`: the real type depends on the frames, which a fake need not. */
  get asLink(): DeskLink {
    return this as unknown as DeskLink;
  }

  hear(...frames: StaffServerFrame[]): void {
    for (const frame of frames) for (const fn of this.frameFns) fn(frame);
  }

  enter(state: LinkState): void {
    this.state = state;
    for (const fn of this.stateFns) fn(state);
  }

  store(trouble: string | null): void {
    this.trouble = trouble;
    for (const fn of this.troubleFns) fn(trouble);
  }

  /** The requests of one type, oldest first. */
  of(type: string): Asked[] {
    return this.asked.filter(({ frame }) => frame.type === type);
  }

  greet(rows: Row[], person: Me = me, drafts: Draft[] = []): void {
    this.hear(
      { ...welcome, me: person, drafts },
      { type: "conversations", version: 1, whole: true, put: rows },
      { type: "colleagues", version: 1, whole: true },
    );
  }
}
