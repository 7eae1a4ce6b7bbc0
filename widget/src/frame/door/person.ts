// Who sits at this browser: a mark beside the token, shared by all tabs, that says when the chat was last touched. At a
// shared computer nobody may be shown what the person before wrote, so after a while it must be asked whether this is
// still the same one. Knows no screen and no network; what is kept in the tab belongs to one person as well.

import { newRef } from "../../shared/link/ref";
import type { ServerClock } from "../clock";

/** Untouched, hidden or closed for longer, a desktop, a tablet or a kiosk may be somebody else's. */
export const SHARED_MS = 10 * 60_000;
/** A phone is somebody's own; its token lives as long. */
export const OWN_MS = 24 * 60 * 60_000;
/** The mark is written this seldom, however often the chat is touched. */
const WRITE_MS = 15_000;
/** Two tabs' clocks differ by what the network took. A mark from farther ahead says nothing. */
const AHEAD_MS = 60_000;
const PREFIX = "hchat-";

interface Mark {
  id: string;
  /** ms by the server. */
  touched: number;
  /** There is something that could be gone on with. */
  begun: boolean;
}

export interface Kinds {
  local: Storage;
  tab: Storage;
}

export class Person {
  private mark: Mark;
  /** When this very tab was last touched, by its age; null: not since it was loaded. */
  private touchedHere: number | null = null;
  private writtenAt = 0;
  /** The mark could not be written: the storage is full. */
  private unstored = false;

  constructor(
    private readonly storages: Kinds,
    private readonly site: string,
    private readonly clock: Pick<ServerClock, "now" | "least" | "age">,
    private readonly isPhone: boolean,
  ) {
    const { local, tab } = storages;
    const known = this.read();
    // A token without a mark was left by an earlier version: nobody knows when.
    const older = known === null && local.getItem(tokenKey(site)) !== null;
    this.mark = known ?? { ...fresh(clock.least()), begun: older, ...(older && !isPhone && { touched: 0 }) };
    if (!older && tab.getItem(markKey(site)) !== this.mark.id) forget(tab);
    this.settle();
  }

  /** Something was begun, in whichever tab, that the next person must not see. */
  get begun(): boolean {
    return this.mark.begun || this.known?.begun === true;
  }

  /** When any tab was last touched, as far as that is written down; ms by the server. */
  get lastTouch(): number {
    return (this.known ?? this.mark).touched;
  }

  /** Whether it must be asked if this is still the same person: no tab was touched for long. */
  get isAway(): boolean {
    return this.isAwayHere && isLongAgo(this.lastTouch, this.clock.now(), this.isPhone);
  }

  /** Whether this tab was not touched for long. */
  get isAwayHere(): boolean {
    return this.touchedHere === null || isLongAgo(this.touchedHere, this.clock.age(), this.isPhone);
  }

  /** Whether in another tab somebody else has sat down, or it was ended, or all that is stored was cleared. */
  get isReplaced(): boolean {
    const known = this.read();
    return known === null ? !this.unstored : known.id !== this.mark.id;
  }

  /** The visitor does something. */
  touch(): void {
    this.touchedHere = this.clock.age();
    this.mark.touched = this.clock.least();
    if (Math.abs(this.mark.touched - this.writtenAt) >= WRITE_MS) this.write();
  }

  /** The visitor has said who they are: all tabs are told at once. */
  confirm(): void {
    this.touch();
    this.write();
  }

  begin(): void {
    if (this.mark.begun) return;
    this.mark = { ...this.mark, begun: true };
    this.write();
  }

  /** Somebody else, or nobody yet: nothing that was stored here is left. The tokens of before. */
  leave(): string[] {
    const { local, tab } = this.storages;
    const keys = keysOf(local, `${PREFIX}token-`);
    const tokens = keys.map((key) => local.getItem(key));
    // Another tab sees one change after the other: whoever finds the mark gone must find no token to go on with.
    for (const key of keys) local.removeItem(key);
    forget(local);
    forget(tab);
    this.touchedHere = this.clock.age();
    this.mark = fresh(this.clock.least());
    this.settle();
    return tokens.filter((token): token is string => token !== null);
  }

  /** What was begun at this site is ended: of it nothing is left. */
  finish(): void {
    const { local, tab } = this.storages;
    local.removeItem(tokenKey(this.site));
    forget(tab);
    this.touchedHere = this.clock.age();
    this.mark = fresh(this.clock.least());
    this.settle();
  }

  /** What another tab did holds here, too. */
  join(): void {
    forget(this.storages.tab);
    this.touchedHere = null;
    const known = this.read();
    // Whose the token is nobody can say.
    if (known === null) this.storages.local.removeItem(tokenKey(this.site));
    this.mark = known ?? fresh(this.clock.least());
    this.settle();
  }

  /** What all tabs of this person have said together. */
  private get known(): Mark | null {
    const known = this.read();
    return known?.id === this.mark.id ? known : null;
  }

  private settle(): void {
    put(this.storages.tab, markKey(this.site), this.mark.id);
    if (this.isReplaced) this.store();
  }

  /** A tab that does not know yet that it was replaced must not bring anybody back. */
  private write(): void {
    if (!this.isReplaced) this.store();
  }

  private store(): void {
    this.mark.begun = this.begun;
    this.writtenAt = this.mark.touched;
    this.unstored = !put(this.storages.local, markKey(this.site), JSON.stringify(this.mark));
  }

  private read(): Mark | null {
    try {
      const mark = JSON.parse(
        this.storages.local.getItem(markKey(this.site)) ?? "null",
      ) as Partial<Mark> | null;
      if (typeof mark?.id !== "string" || typeof mark.touched !== "number") return null;
      return { id: mark.id, touched: mark.touched, begun: mark.begun !== false };
    } catch {
      return null;
    }
  }
}

function fresh(now: number): Mark {
  return { id: newRef(), touched: now, begun: false };
}

/** Whether `touched` is so long before `now` (ms) that it may be somebody else; or not before it, as far as one can tell. */
export function isLongAgo(touched: number, now: number, isPhone: boolean): boolean {
  return touched > now + AHEAD_MS || now - touched >= (isPhone ? OWN_MS : SHARED_MS);
}

export function tokenKey(site: string): string {
  return `${PREFIX}token-${site}`;
}

function markKey(site: string): string {
  return `${PREFIX}person-${site}`;
}

/** All that is ours. */
function forget(storage: Storage): void {
  for (const key of keysOf(storage, PREFIX)) storage.removeItem(key);
}

function keysOf(storage: Storage, prefix: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "");
  return keys.filter((key) => key.startsWith(prefix));
}

/** Whether there was room for it. */
function put(storage: Storage, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
