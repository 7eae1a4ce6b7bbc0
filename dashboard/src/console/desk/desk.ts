// The console's state as signals, and the wiring between the connection and the pure modules. The consultant's actions
// are in composer/sending.ts and conversationActions.ts; the views are in the .tsx files.

import { batch, computed, effect, type Signal, signal } from "@preact/signals";
import type { ListGet, Me, Row, StaffServerFrame } from "../../../../widget/src/shared/frames";
import type { LinkState } from "../../../../widget/src/shared/link/link";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { type Drafts, type Mode, NO_DRAFTS, restored, sentElsewhere, told } from "../composer/drafts";
import { opened, type Stance, type Stances } from "../composer/modes";
import { gone, type Outbox } from "../composer/outbox";
import { TypingSign } from "../composer/typing";
import { type Copy, copied } from "../composer/wrongPatientGuard";
import { AIMED_MS, holds } from "../list/holding";
import { type Numbers, numbered, readBack, written } from "../list/numbers";
import { held, isEmergency, movedRows, places, type Section, sameSections, sections } from "../list/order";
import { unread } from "../thread/thread";
import type { Handed } from "../transfer/handed";
import type { DeskLink } from "./deskLink";
import type { OpenDialog } from "./dialogs";
import { Following } from "./following";
import { Notices } from "./notices";
import {
  answers,
  arrivals,
  type DeskState,
  EMPTY_STATE,
  isBy,
  isMine,
  mayRead,
  newlyAsked,
  newlyStale,
  partOf,
  received,
  seen,
  seenElsewhere,
  without,
} from "./state";

/** Only ids and numbers, only in this tab: a reload must not renumber the conversations. */
const NUMBERS_KEY = "console-numbers";

/** While somebody writes, rows keep their places; after a pause of this length they move again. */
const WRITING_MS = 3_000;

/** The state of one console. */
export class Desk {
  readonly state: Signal<DeskState> = signal(EMPTY_STATE);
  readonly connection: Signal<LinkState>;
  /** Why nothing can be stored at present, as a refusal's code; null while all is well. */
  readonly trouble: Signal<string | null>;
  readonly now: Signal<number>;
  readonly selected = signal<string | null>(null);
  readonly drafts: Signal<Drafts> = signal(NO_DRAFTS);
  /** To whom each box writes; maintained by `modeSync`. */
  readonly stances: Signal<Stances> = signal(new Map());
  /** The conversation whose box has the focus. */
  readonly inBox = signal<string | null>(null);
  /** Conversations whose text is being moved from one mode to the other; sending from them waits. */
  readonly turning = signal<ReadonlyMap<string, Promise<boolean>>>(new Map());
  /** The conversation whose box takes the focus as soon as it is on the screen, because I turned to it. */
  boxCalled: string | null = null;
  /** Conversations that I am taking or joining at this moment. */
  readonly taking = new Set<string>();
  readonly outbox: Signal<Outbox> = signal([]);
  readonly numbers: Signal<Numbers> = signal(readBack(sessionStorage.getItem(NUMBERS_KEY)));
  readonly shown: Signal<readonly Section[]> = signal([]);
  readonly arrived = signal<readonly string[]>([]);
  /** The conversations that were last assigned to me without a request of mine. */
  readonly given = signal<readonly string[]>([]);
  readonly putOff = signal<ReadonlySet<string>>(new Set());
  /** What I have offered in one go, in this tab's memory. */
  readonly handed = signal<readonly Handed[]>([]);
  readonly dialog = signal<OpenDialog | null>(null);
  readonly copies = signal<readonly Copy[]>([]);
  /** When the pointer last moved on the list; null when it is elsewhere. */
  readonly pointerAt = signal<number | null>(null);
  /** The rows that last changed their places while the pointer was on the list, and when. */
  private moved: { readonly ids: ReadonlySet<string>; readonly at: number } = { ids: new Set(), at: 0 };
  readonly panelOpen = signal(true);
  /** Whether the 留言 are shown in place of the thread. */
  readonly offlineOpen = signal(false);
  /** Whether the 回电 are. */
  readonly callbacksOpen = signal(false);
  /** Phone numbers of 留言 and 回电 that were revealed to me, in this tab's memory. */
  readonly phones = signal<ReadonlyMap<string, string>>(new Map());
  /** Emergencies whose banner was closed here, with their kind: another kind opens it again. */
  readonly calmed = signal<ReadonlySet<string>>(new Set());
  /** The seq before which the unread separator is shown in the selected thread. */
  readonly unreadFrom = signal<number | null>(null);
  /** Conversations and 留言 that I have just asked for myself: they need no card and no tone when they arrive. */
  readonly expected = new Set<string>();

  readonly me = computed(() => this.state.value.me);
  readonly wanted = computed(() => {
    const me = this.me.value;
    return me === null ? [] : sections(this.state.value.rows.items.values(), me);
  });
  private readonly emergencies = computed(
    () => new Set([...this.state.value.rows.items.values()].filter(isEmergency).map((row) => row.id)),
  );
  readonly places = computed(() => places(this.state.value.rows.items.values()));
  /** What waits for somebody, as the list and the header count it. A ring that is offered to me is not counted. */
  readonly queued = computed(() =>
    (this.wanted.value.find(({ name }) => name === "queue")?.ids ?? []).flatMap((id) => this.row(id) ?? []),
  );
  readonly mine = computed(() => this.rowsOf(isMine));
  /** The conversations whose visitor reads what I write, my own and joined ones; these get the numbers 1 to 9. */
  readonly answering = computed(() => this.rowsOf(answers));
  /** The conversations whose entries the server sends without a request. */
  readonly attended = computed(() => this.rowsOf((row, me) => isMine(row, me) || partOf(row, me) !== null));
  readonly unreadTotal = computed(() =>
    this.answering.value.reduce((sum, row) => sum + this.unreadOf(row.id).length, 0),
  );

  /** The time to the minute, for views that show dates. */
  readonly today = computed(() => Math.floor(this.now.value / 60_000) * 60_000);

  readonly isWriting = computed(() => this.now.value < this.writingUntil.value);

  readonly following: Following;
  readonly notices = new Notices();
  private readonly sign: TypingSign;
  private readonly askedFns: ((asked: readonly Row[]) => void)[] = [];
  private readonly remembered = new Map<string, Row>();
  private readonly writingUntil = signal(0);
  /** Since when the shown list differs from the true order. */
  private staleSince: number | null = null;

  constructor(readonly link: DeskLink) {
    this.sign = new TypingSign(link);
    this.connection = signal(link.state);
    this.trouble = signal(link.trouble);
    this.now = signal(link.serverNow());
    link.onState((state) => {
      this.connection.value = state;
    });
    link.onTrouble((trouble) => {
      this.trouble.value = trouble;
    });
    link.onFrame((frame) => this.heard(frame));
    link.onReset((conversation) => {
      this.state.value = without(this.state.value, conversation);
    });
    effect(() => this.keepOrder());
    effect(() => this.keepNumbers());
    this.following = new Following(link, this);
  }

  /** A row as last known, also one that has left the list and is still on the screen. */
  row(id: string): Row | null {
    return this.state.value.rows.items.get(id) ?? this.remembered.get(id) ?? null;
  }

  isGone(id: string): boolean {
    return !this.state.value.rows.items.has(id);
  }

  isReadable(id: string): boolean {
    const [me, row] = [this.me.value, this.row(id)];
    return me !== null && row !== null && mayRead(row, me);
  }

  unreadOf(id: string) {
    const thread = this.state.value.threads.get(id);
    return thread?.live ? unread(thread) : [];
  }

  /** The mode of a conversation's box: as it is on the screen, or as it will be when the conversation is opened. */
  modeOf(id: string): Mode {
    const held = this.stances.value.get(id);
    return (held ?? opened(held, this.drafts.value, id, this.mayReply(id))).mode;
  }

  /** Switches the mode, as the writer asked. */
  setMode(id: string, mode: Mode): void {
    if (mode !== this.modeOf(id)) this.boxCalled = id;
    this.stance(id, { mode, chosen: true });
  }

  stance(id: string, stance: Stance): void {
    const stances = new Map(this.stances.value);
    stances.delete(id);
    this.stances.value = stances.set(id, stance);
  }

  /** Whether the visitor would read what I write. */
  mayReply(id: string): boolean {
    const me = this.me.value;
    const row = this.row(id);
    return me !== null && row !== null && answers(row, me) && !this.isGone(id);
  }

  select(id: string | null): void {
    if (id !== this.selected.value) this.sign.off();
    batch(() => {
      if (id !== this.selected.value) this.boxCalled = id;
      this.selected.value = id;
      if (id !== null) this.offlineOpen.value = this.callbacksOpen.value = false;
      this.unreadFrom.value = id === null ? null : (this.unreadOf(id)[0]?.seq ?? null);
      this.dismissArrival(id);
    });
  }

  /** The selected thread is at its bottom on a visible screen. */
  sawBottom(id: string): void {
    const before = this.state.value;
    const after = seen(before, id);
    if (after === before) return;
    this.state.value = after;
    const seq = after.threads.get(id)?.readTo ?? 0;
    if (after.welcome?.takes_seen) this.link.tell({ type: "conversation.seen", conversation: id, seq });
  }

  /** The text in the composer has changed; the visitor gets a typing sign only for a reply. */
  wrote(conversation: string, mode: Mode, something: boolean): void {
    this.writingUntil.value = this.link.serverNow() + WRITING_MS;
    if (mode === "reply" && something) this.sign.on(conversation);
    else this.sign.off();
  }

  /** Text of this conversation's visitor was copied. */
  noteCopy(conversation: string): void {
    const row = this.row(conversation);
    const text = window.getSelection()?.toString() ?? "";
    if (row !== null) this.copies.value = copied(this.copies.value, { conversation, label: row.label, text });
  }

  /** Whether the row moved under the pointer so recently that a click was meant for another one. */
  hasJustMoved(id: string): boolean {
    return this.moved.ids.has(id) && this.link.serverNow() - this.moved.at < AIMED_MS;
  }

  /** Sorts now, wherever the pointer is; called after sending. */
  resort(): void {
    this.writingUntil.value = 0;
    this.sign.off();
    this.shown.value = this.wanted.value;
  }

  tick(): void {
    this.now.value = this.link.serverNow();
  }

  dismissArrival(id: string | null): void {
    this.arrived.value = this.arrived.value.filter((each) => each !== id);
  }

  /** Calls `hear` with the conversations that I am newly asked to help with. */
  onAsked(hear: (asked: readonly Row[]) => void): void {
    this.askedFns.push(hear);
  }

  private rowsOf(is: (row: Row, me: Me) => boolean): Row[] {
    const me = this.me.value;
    const rows = [...this.state.value.rows.items.values()];
    return me === null ? [] : rows.filter((row) => is(row, me)).sort((a, b) => a.opened_at - b.opened_at);
  }

  private heard(frame: StaffServerFrame): void {
    const before = this.state.value;
    const after = received(before, frame, this.link.serverNow());
    batch(() => {
      this.state.value = after;
      // Otherwise a countdown that has just begun would show a second too many.
      this.now.value = this.link.serverNow();
      if (frame.type === "welcome") this.drafts.value = restored(this.drafts.value, frame.drafts ?? []);
      if (frame.type === "draft") this.drafts.value = told(this.drafts.value, frame);
      if (frame.type === "entry" || frame.type === "entries") this.settle(frame);
      this.noteArrivals(before, after);
    });
    for (const list of newlyStale(before, after)) this.ask(list);
    for (const hear of this.askedFns) hear(newlyAsked(before, after));
  }

  private ask(list: ListGet["list"]): void {
    this.link.request({ type: "list.get", ref: newRef(), list }).catch(() => undefined);
  }

  /**
   * Removes one's own texts from the outbox when their entries arrive, and from the box when another window sent them.
   */
  private settle(frame: StaffServerFrame & { type: "entry" | "entries" }): void {
    const entries = frame.type === "entry" ? [frame] : frame.entries;
    const sentHere = new Set(this.outbox.value.map(({ ref }) => ref));
    for (const entry of entries) {
      if (!isBy(entry, this.me.value) || sentHere.has(entry.ref ?? "")) continue;
      this.drafts.value = sentElsewhere(this.drafts.value, entry);
      // An author who wrote in another window has read there what came before.
      this.state.value = seenElsewhere(this.state.value, entry.conversation, entry.seq);
    }
    const refs = new Set(entries.flatMap((entry) => entry.ref ?? []));
    this.outbox.value = gone(this.outbox.value, refs);
  }

  private noteArrivals(before: DeskState, after: DeskState): void {
    const fresh = arrivals(before, after).map((row) => row.id);
    const unasked = fresh.filter((id) => !this.expected.delete(id));
    if (unasked.length > 0) this.given.value = unasked;
    const told = unasked.filter((id) => id !== this.selected.value);
    const me = after.me;
    const still = this.arrived.value.filter((id) => {
      const row = after.rows.items.get(id);
      return row !== undefined && me !== null && isMine(row, me);
    });
    if (told.length > 0 || still.length !== this.arrived.value.length)
      this.arrived.value = [...still, ...told];
  }

  private keepOrder(): void {
    for (const row of this.state.value.rows.items.values()) this.remembered.set(row.id, row);
    const [wanted, before, now] = [this.wanted.value, this.shown.peek(), this.now.value];
    const stale = !sameSections(before, wanted);
    this.staleSince = stale ? (this.staleSince ?? now) : null;
    const hands = { pointerAt: this.pointerAt.value, writing: this.isWriting.value };
    const shown = holds(hands, this.staleSince, now) ? held(before, wanted, this.emergencies.value) : wanted;
    if (!sameSections(before, shown)) {
      if (hands.pointerAt !== null) this.moved = { ids: movedRows(before, shown), at: now };
      this.shown.value = shown;
    }
    const needed = new Set([...this.shown.peek().flatMap(({ ids }) => ids), this.selected.value]);
    for (const id of this.remembered.keys()) if (!needed.has(id)) this.remembered.delete(id);
  }

  private keepNumbers(): void {
    if (this.state.value.rows.version === 0) return;
    const answering = this.answering.value.map((row) => row.id);
    const numbers = numbered(this.numbers.peek(), answering);
    if (numbers === this.numbers.peek()) return;
    this.numbers.value = numbers;
    sessionStorage.setItem(NUMBERS_KEY, written(numbers));
  }
}
