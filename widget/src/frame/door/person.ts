// Who sits at this browser: a mark beside the token, shared by all tabs, that says when the chat was last touched. At a
// shared computer nobody may see what the person before wrote, so after a while the chat asks whether this is still the
// same person. This module knows neither screen nor network. The tab's storage belongs to one person, too.

import { newRef } from "../../shared/link/ref";
import type { ServerClock } from "../clock";

/**
 * If nobody has touched the chat on a desktop, tablet or kiosk for this long, also hidden or closed, somebody else may
 * sit there now.
 */
export const SHARED_MS = 10 * 60_000;
/** A phone belongs to one person; this is as long as its token lives. */
export const OWN_MS = 24 * 60 * 60_000;
/** The same on a device that the visitor has said is their own. */
export const SAID_OWN_MS = 30 * OWN_MS;
/** The mark is written at most once in this time, however often the chat is touched. */
const WRITE_MS = 15_000;
/** The clocks of two tabs differ by the network's delay. A mark from further in the future is ignored. */
const AHEAD_MS = 60_000;
const PREFIX = "hchat-";

interface Mark {
  id: string;
  /** In ms by the server's clock. */
  touched: number;
  /** There is something that could be continued. */
  begun: boolean;
  /** What the browser noted before belongs to somebody else, in ms by this machine's clock; 0: nobody was here before. */
  since: number;
}

export interface Kinds {
  local: Storage;
  tab: Storage;
}

/** The mark of the present person, read from and written to the storage that all tabs share. */
export class Person {
  private mark: Mark;
  /** When this tab itself was last touched, by the page's age; null: not since it was loaded. */
  private touchedHere: number | null = null;
  private writtenAt = 0;
  /** The mark could not be written because the storage is full. */
  private unstored = false;

  constructor(
    private readonly storages: Kinds,
    private readonly site: string,
    private readonly clock: Pick<ServerClock, "now" | "least" | "age" | "machine">,
    private readonly isPhone: boolean,
  ) {
    const { local, tab } = storages;
    const known = this.read();
    const here = tab.getItem(markKey(site));
    // A token without a mark was stored by an earlier version: its last use is unknown.
    const older = known === null && local.getItem(tokenKey(site)) !== null;
    this.mark = known ?? {
      ...this.fresh(here === null ? 0 : clock.machine()),
      begun: older,
      ...(older && !isPhone && { touched: 0 }),
    };
    if (!older && here !== this.mark.id) forget(tab);
    this.settle();
  }

  /** Whether something was begun, in any tab, that the next person must not see. */
  get begun(): boolean {
    return this.mark.begun || this.known?.begun === true;
  }

  /** The last recorded touch of any tab, in ms by the server's clock. */
  get lastTouch(): number {
    return (this.known ?? this.mark).touched;
  }

  /** From when on this person has been here, in ms by this machine's clock: the latest that any tab knows of. */
  get since(): number {
    return Math.max(this.mark.since, this.read()?.since ?? 0);
  }

  /** Whether to ask if this is still the same person: no tab was touched for a long time. */
  get isAway(): boolean {
    return this.isAwayHere && isLongAgo(this.lastTouch, this.clock.now(), this.patience);
  }

  /** Whether this tab was not touched for a long time. */
  get isAwayHere(): boolean {
    return this.touchedHere === null || isLongAgo(this.touchedHere, this.clock.age(), this.patience);
  }

  /** Whether somebody else has sat down in another tab, or the chat was ended there, or the storage was cleared. */
  get isReplaced(): boolean {
    const known = this.read();
    return known === null ? !this.unstored : known.id !== this.mark.id;
  }

  /** Records that the visitor did something. */
  touch(): void {
    this.touchedHere = this.clock.age();
    this.mark.touched = this.clock.least();
    if (Math.abs(this.mark.touched - this.writtenAt) >= WRITE_MS) this.write();
  }

  /** The visitor has said who they are: the mark is written at once for all tabs. */
  confirm(): void {
    this.touch();
    this.write();
  }

  begin(): void {
    if (this.mark.begun) return;
    this.mark = { ...this.mark, begun: true };
    this.write();
  }

  /**
   * Removes everything that was stored here, because somebody else or nobody sits here now: `since` by this machine's
   * clock, in ms. Returns the old tokens.
   */
  leave(since = this.clock.machine()): string[] {
    const { local, tab } = this.storages;
    const mark = this.fresh(Math.max(since, this.since));
    const keys = keysOf(local, `${PREFIX}token-`);
    const tokens = keys.map((key) => local.getItem(key));
    // Another tab sees the changes one by one: a tab that finds the mark gone must not find a token to continue with.
    for (const key of keys) local.removeItem(key);
    forget(local);
    forget(tab);
    this.touchedHere = this.clock.age();
    this.mark = mark;
    this.settle();
    return tokens.filter((token): token is string => token !== null);
  }

  /** Removes everything that was begun at this site, after its end. */
  finish(): void {
    const { local, tab } = this.storages;
    local.removeItem(tokenKey(this.site));
    forget(tab);
    this.touchedHere = this.clock.age();
    this.mark = this.fresh(this.since);
    this.settle();
  }

  /** Takes over what another tab has done. */
  join(): void {
    forget(this.storages.tab);
    this.touchedHere = null;
    const known = this.read();
    // Nobody knows whose token this is.
    if (known === null) this.storages.local.removeItem(tokenKey(this.site));
    this.mark = known ?? this.fresh(this.clock.machine());
    this.settle();
  }

  private get patience(): number {
    if (isOwn(this.storages.local)) return SAID_OWN_MS;
    return this.isPhone ? OWN_MS : SHARED_MS;
  }

  /** The mark as all tabs of this person have written it. */
  private get known(): Mark | null {
    const known = this.read();
    return known?.id === this.mark.id ? known : null;
  }

  private fresh(since: number): Mark {
    return { id: newRef(), touched: this.clock.least(), begun: false, since };
  }

  private settle(): void {
    put(this.storages.tab, markKey(this.site), this.mark.id);
    if (this.isReplaced) this.store();
  }

  /** Does not write from a tab that does not know yet that it was replaced: it would bring the earlier person back. */
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
      const since = typeof mark.since === "number" ? mark.since : 0;
      return { id: mark.id, touched: mark.touched, begun: mark.begun !== false, since };
    } catch {
      return null;
    }
  }
}

/**
 * Whether `touched` is so long before `now` (ms) that somebody else may sit here, or so far after it that it cannot be
 * trusted.
 */
export function isLongAgo(touched: number, now: number, patience: number): boolean {
  return touched > now + AHEAD_MS || now - touched >= patience;
}

/** Where the answer to 这是您自己的设备吗？ is kept: yes or no, until somebody clears this device. */
export const OWN_KEY = `${PREFIX}own`;

/** Whether the visitor has said that this device is their own. */
export function isOwn(local: Storage): boolean {
  return local.getItem(OWN_KEY) === "yes";
}

/** The storage key of the token of a site. */
export function tokenKey(site: string): string {
  return `${PREFIX}token-${site}`;
}

function markKey(site: string): string {
  return `${PREFIX}person-${site}`;
}

/** Removes all keys of the chat. */
function forget(storage: Storage): void {
  for (const key of keysOf(storage, PREFIX)) storage.removeItem(key);
}

function keysOf(storage: Storage, prefix: string): string[] {
  const keys = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "");
  return keys.filter((key) => key.startsWith(prefix));
}

/** Stores a value; returns whether there was room for it. */
function put(storage: Storage, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
