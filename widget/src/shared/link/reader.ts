// A reader's position in each conversation that they follow. Every entry is delivered once, in order and without a gap,
// even if the network loses, duplicates or reorders frames. Pure: it takes frames and says what to deliver and what to
// fetch.

import type { Entry, Following, Position } from "../frames";

export interface ReaderEvents {
  /** The next entries of one conversation, in order and without gaps. */
  deliver(entries: Entry[]): void;
  /** Entries are missing: request those after `after` with `history.get` and pass the answer to `page`. */
  fetch(conversation: string, after: number): void;
  /** The delivered entries of this conversation are void; they are delivered again from the beginning. */
  reset(conversation: string): void;
  /** The conversation is no longer followed: the server did not name it after a reconnect. */
  gone(conversation: string): void;
}

interface Cursor {
  epoch: string;
  /** The seq up to which everything was delivered. */
  after: number;
  /** The highest seq that the server has mentioned. */
  head: number;
  held: Map<number, Entry>;
  fetching: boolean;
}

/** More held entries than this are dropped; `history.get` fetches them again. */
const MOST_HELD = 500;
/** Equals the limit of `hello.resume`. */
const MOST_RESUMED = 50;

/** The cursors of all followed conversations. */
export class Reader {
  private readonly cursors = new Map<string, Cursor>();
  /** Conversations that are no longer wanted; their entries that are under way are dropped. */
  private readonly forgotten = new Set<string>();
  private distrusted = false;

  constructor(private readonly on: ReaderEvents) {}

  /** The positions of all conversations, for `hello.resume` and `heads.get`. */
  positions(): Position[] {
    if (this.distrusted) return [];
    const all = Array.from(this.cursors, ([conversation, { epoch, after }]) => ({
      conversation,
      epoch,
      after,
    }));
    return all.filter(({ epoch }) => epoch !== "").slice(-MOST_RESUMED);
  }

  /**
   * Takes the answer to `conversation.follow`, or a line of `welcome.following`. `asked`: the position that was sent
   * with the request.
   */
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

  /** Takes the whole of `welcome.following`: conversations that it does not name are no longer followed. */
  resumed(all: readonly Following[]): void {
    if (this.distrusted) this.letGo();
    const named = new Set(all.map(({ conversation }) => conversation));
    for (const conversation of [...this.cursors.keys()].filter((each) => !named.has(each))) {
      this.cursors.delete(conversation);
      this.on.gone(conversation);
    }
    for (const following of all) this.follow(following);
  }

  /** Takes entries of one conversation as they arrive. */
  take(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined || this.forgotten.has(first.conversation)) return;
    const cursor = this.cursorAt(first.conversation, first.epoch);
    for (const entry of entries) hold(cursor, entry);
    this.drain(first.conversation, cursor);
  }

  /** Takes the answer to a `fetch`. */
  page(conversation: string, epoch: string, entries: readonly Entry[]): void {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) return;
    cursor.fetching = false;
    const before = cursor.epoch === epoch ? cursor.after : -1;
    const current = this.cursorAt(conversation, epoch);
    for (const entry of entries) hold(current, entry);
    this.deliverReady(current);
    // After a page without anything new the same page would be requested without end. The next sign of a gap requests
    // it again.
    if (current.after > before) this.want(conversation, current);
  }

  /** `live` or `heads` said that the conversation goes up to `seq`. */
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

  /** The reader may not read it at present: nothing is fetched until the server mentions the conversation again. */
  unreadable(conversation: string): void {
    const cursor = this.cursors.get(conversation);
    if (cursor === undefined) return;
    cursor.fetching = false;
    cursor.held.clear();
    cursor.head = cursor.after;
  }

  /** The connection is lost: held entries are sent again after the resume, and fetches will not be answered. */
  disconnected(): void {
    for (const cursor of this.cursors.values()) {
      cursor.fetching = false;
      cursor.held.clear();
      cursor.head = cursor.after;
    }
  }

  /** The copies may be wrong. The screen keeps them until the server has sent everything again. */
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
