// A reader's place in each conversation they follow: every entry once, in order, none left out, whatever the
// network loses, doubles or swaps. Pure: it is told frames and says what to deliver and what to fetch.

import type { Entry, Following, Position } from "../frames";

export interface ReaderEvents {
  /** The next entries of one conversation, in order, without holes. */
  deliver(entries: Entry[]): void;
  /** Something is missing: ask `history.get` for what comes after `after`, and give the answer to `page`. */
  fetch(conversation: string, after: number): void;
  /** What was delivered of this conversation is void; it comes again from the beginning. */
  reset(conversation: string): void;
  /** It is not followed any more: the server did not name it after a reconnect. */
  gone(conversation: string): void;
}

interface Cursor {
  epoch: string;
  /** Everything up to and with this was delivered. */
  after: number;
  /** The last place heard of. */
  head: number;
  held: Map<number, Entry>;
  fetching: boolean;
}

/** Held entries over this are let go; `history.get` brings them again. */
const MOST_HELD = 500;
/** As many as `hello.resume` takes. */
const MOST_RESUMED = 50;

export class Reader {
  private readonly cursors = new Map<string, Cursor>();
  /** Not wanted any more; entries on their way here are dropped. */
  private readonly forgotten = new Set<string>();
  private distrusted = false;

  constructor(private readonly on: ReaderEvents) {}

  /** What is held of which conversations, for `hello.resume` and `heads.get`. */
  positions(): Position[] {
    if (this.distrusted) return [];
    const all = Array.from(this.cursors, ([conversation, { epoch, after }]) => ({
      conversation,
      epoch,
      after,
    }));
    return all.filter(({ epoch }) => epoch !== "").slice(-MOST_RESUMED);
  }

  /** The answer to `conversation.follow`, or a line of `welcome.following`. `asked`: the place asked from. */
  follow(following: Following, asked: Position | null = null): void {
    const { conversation, epoch, head } = following;
    this.forgotten.delete(conversation);
    let cursor = this.cursors.get(conversation);
    if (cursor === undefined) {
      cursor = fresh(epoch, following.recovered && asked?.epoch === epoch ? asked.after : 0);
      this.cursors.set(conversation, cursor);
    } else if (!following.recovered || cursor.epoch !== epoch) {
      this.restart(conversation, cursor, epoch);
    }
    if (following.why === "gap_too_big") this.reached(conversation, epoch, head);
  }

  /** The whole of `welcome.following`: whatever it does not name is no longer followed. */
  resumed(all: readonly Following[]): void {
    if (this.distrusted) this.letGo();
    const named = new Set(all.map(({ conversation }) => conversation));
    for (const conversation of [...this.cursors.keys()].filter((each) => !named.has(each))) {
      this.cursors.delete(conversation);
      this.on.gone(conversation);
    }
    for (const following of all) this.follow(following);
  }

  /** Entries as they came, of one conversation. */
  take(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined || this.forgotten.has(first.conversation)) return;
    const cursor = this.cursorAt(first.conversation, first.epoch);
    for (const entry of entries) hold(cursor, entry);
    this.drain(first.conversation, cursor);
  }

  /** The answer to a `fetch`. */
  page(conversation: string, epoch: string, entries: readonly Entry[]): void {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) return;
    cursor.fetching = false;
    const before = cursor.epoch === epoch ? cursor.after : -1;
    const current = this.cursorAt(conversation, epoch);
    for (const entry of entries) hold(current, entry);
    this.deliverReady(current);
    // A page that brings nothing new would be asked for without end; the next sign of a gap asks again.
    if (current.after > before) this.want(conversation, current);
  }

  /** The conversation goes up to `seq`: `live` and `heads` say so. */
  reached(conversation: string, epoch: string, seq: number): void {
    if (!this.cursors.has(conversation)) return;
    const cursor = this.cursorAt(conversation, epoch);
    cursor.head = Math.max(cursor.head, seq);
    this.want(conversation, cursor);
  }

  /** A `fetch` was not answered. */
  fetchFailed(conversation: string): void {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) return;
    cursor.fetching = false;
    this.want(conversation, cursor);
  }

  /** It may not be read, at this moment at least: nothing is asked of it until the server says something of it again. */
  unreadable(conversation: string): void {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) return;
    cursor.fetching = false;
    cursor.held.clear();
    cursor.head = cursor.after;
  }

  /** The connection is lost: what was held is sent again after the resume, what was asked is not answered. */
  disconnected(): void {
    for (const cursor of this.cursors.values()) {
      cursor.fetching = false;
      cursor.held.clear();
      cursor.head = cursor.after;
    }
  }

  /** What is held may be wrong. The screen keeps it until the server tells it anew, from the beginning. */
  distrust(): void {
    this.distrusted = true;
  }

  forget(conversation: string): void {
    this.cursors.delete(conversation);
    this.forgotten.add(conversation);
  }

  private letGo(): void {
    this.distrusted = false;
    const held = [...this.cursors];
    this.cursors.clear();
    for (const [conversation, { after }] of held) {
      if (after > 0) this.on.reset(conversation);
      this.on.gone(conversation);
    }
  }

  private cursorAt(conversation: string, epoch: string): Cursor {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) {
      const begun = fresh(epoch, 0);
      this.cursors.set(conversation, begun);
      return begun;
    }
    if (cursor.epoch !== epoch) this.restart(conversation, cursor, epoch);
    return cursor;
  }

  private restart(conversation: string, cursor: Cursor, epoch: string): void {
    const hadSome = cursor.after > 0;
    Object.assign(cursor, fresh(epoch, 0));
    if (hadSome) this.on.reset(conversation);
  }

  private drain(conversation: string, cursor: Cursor): void {
    this.deliverReady(cursor);
    this.want(conversation, cursor);
  }

  private deliverReady(cursor: Cursor): void {
    const ready: Entry[] = [];
    for (let next = cursor.held.get(cursor.after + 1); next; next = cursor.held.get(cursor.after + 1)) {
      cursor.held.delete(next.seq);
      cursor.after = next.seq;
      ready.push(next);
    }
    if (ready.length > 0) this.on.deliver(ready);
  }

  private want(conversation: string, cursor: Cursor): void {
    if (cursor.fetching || cursor.after >= cursor.head) return;
    cursor.fetching = true;
    this.on.fetch(conversation, cursor.after);
  }
}

function fresh(epoch: string, after: number): Cursor {
  return { epoch, after, head: after, held: new Map(), fetching: false };
}

function hold(cursor: Cursor, entry: Entry): void {
  if (entry.seq <= cursor.after) return;
  cursor.head = Math.max(cursor.head, entry.seq);
  if (cursor.held.size < MOST_HELD || entry.seq === cursor.after + 1) cursor.held.set(entry.seq, entry);
}
