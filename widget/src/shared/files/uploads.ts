// The files that one person is about to send into one conversation: picked, seen once more, sent one after the other.

import { added } from "../link/listeners";
import { newRef } from "../link/ref";
import type { Destination, Put, Putting } from "./put";
import { PICTURES, type Prepared, prepared, type Reader } from "./shrink";

/** So many files are taken at once. */
export const MOST_AT_ONCE = 9;

export interface Why {
  code: string;
  /** Seconds to wait before it makes sense to try again. */
  seconds: number;
}

export interface Upload {
  ref: string;
  name: string;
  bytes: number;
  /** The address of the picture on this page; null for a document. */
  picture: string | null;
  /** `preparing` and `chosen` are still this person's alone; `failed` with a reason. */
  state: "preparing" | "chosen" | "queued" | "sending" | "failed";
  /** Which share has gone, from 0 to 1. */
  share: number;
  why: Why | null;
}

/** What sending needs from the browser. */
export interface Tools {
  read: Reader;
  put: Put;
  show(file: Blob): string;
  unshow(url: string): void;
}

/** Refusals that another attempt with the same file cannot change. */
const FINAL = new Set([
  "file_type",
  "file_too_large",
  "file_pixels",
  "file_malware",
  "files_locked",
  "file_count",
  "at_once",
  "not_found",
  "forbidden",
  "conversation_closed",
  "fence_stale",
]);

/** Whether a file that failed may be sent again. */
export function mayRetry({ state, why }: Upload): boolean {
  return state === "failed" && why !== null && !FINAL.has(why.code);
}

export class Uploads {
  items: readonly Upload[] = [];
  /** How many files the server has taken. */
  stored = 0;

  private readonly files = new Map<string, Blob>();
  private preparing: Promise<void> = Promise.resolve();
  private running: { ref: string; putting: Putting } | null = null;
  private readonly changed = new Set<() => void>();

  constructor(
    private readonly tools: Tools,
    /** Where a file goes, asked anew for each attempt. */
    private readonly to: (ref: string, name: string) => Destination,
    /** Whether documents may be sent, too. */
    private readonly pdf: boolean,
  ) {}

  subscribe(changed: () => void): () => void {
    return added(this.changed, changed);
  }

  /** Whether something would be lost with this page. */
  get isBusy(): boolean {
    return this.items.some(({ state }) => state !== "failed");
  }

  /** Takes files that were picked, pasted or dropped. */
  async choose(picked: readonly File[]): Promise<void> {
    const waiting = this.items.filter(({ state }) => state === "chosen" || state === "preparing").length;
    const room = Math.max(0, MOST_AT_ONCE - waiting);
    const taken = picked.slice(0, room).map((file) => ({ file, ref: newRef() }));
    this.items = [...this.items, ...taken.map(({ file, ref }) => fresh(ref, file))];
    if (picked.length > room) this.items = [...this.items, tooMany(newRef())];
    this.tell();
    // One after the other, also of several picks: a phone has memory for one large picture.
    const before = this.preparing.catch(() => {});
    this.preparing = before.then(async () => {
      for (const { file, ref } of taken) {
        if (this.find(ref)) this.isPrepared(ref, await prepared(file, this.tools.read, this.pdf));
      }
    });
    await this.preparing;
  }

  /** Sends all that was chosen. */
  send(): void {
    this.items = this.items.map((each) => (each.state === "chosen" ? { ...each, state: "queued" } : each));
    this.next();
  }

  /** Sends a failed file again, under its ref: if the server has it already, it says so. */
  retry(ref: string): void {
    const upload = this.find(ref);
    if (upload && mayRetry(upload)) this.change(ref, { state: "queued", share: 0, why: null });
    this.next();
  }

  /** Takes a file back, also while it is being sent. */
  remove(ref: string): void {
    this.drop(ref);
    this.next();
  }

  private drop(ref: string): void {
    const { picture } = this.find(ref) ?? {};
    if (picture) this.tools.unshow(picture);
    this.files.delete(ref);
    this.items = this.items.filter((each) => each.ref !== ref);
    if (this.running?.ref === ref) {
      const { putting } = this.running;
      this.running = null;
      putting.stop();
    }
  }

  /** Takes back what was chosen and not sent yet. */
  unchoose(): void {
    for (const { ref, state } of this.items) {
      if (state === "chosen" || state === "preparing") this.remove(ref);
    }
  }

  /** The transcript has these refs: what was sent under them has arrived, even if its answer was lost. */
  arrived(refs: ReadonlySet<string>): void {
    for (const { ref, state } of this.items) {
      if (refs.has(ref) && (state === "sending" || state === "failed")) this.hasArrived(ref);
    }
  }

  /** Stops everything; what was waiting is not sent. */
  clear(): void {
    for (const { ref } of this.items) this.drop(ref);
    this.tell();
  }

  private hasArrived(ref: string): void {
    this.stored += 1;
    this.remove(ref);
  }

  private isPrepared(ref: string, done: Prepared): void {
    if (!this.find(ref)) return;
    if (done.kind === "refused") {
      this.change(ref, { state: "failed", why: { code: done.code, seconds: 0 } });
      return;
    }
    const { file, name } = done;
    this.files.set(ref, file);
    const picture = PICTURES.includes(file.type) ? this.tools.show(file) : null;
    this.change(ref, { state: "chosen", name, bytes: file.size, picture });
  }

  private next(): void {
    const upload = this.running === null ? this.items.find(({ state }) => state === "queued") : undefined;
    const file = upload && this.files.get(upload.ref);
    if (upload && file) void this.run(upload, file);
    else this.tell();
  }

  private async run({ ref, name }: Upload, file: Blob): Promise<void> {
    const putting = this.tools.put(this.to(ref, name), file, (share) => this.change(ref, { share }));
    this.running = { ref, putting };
    this.change(ref, { state: "sending", share: 0 });
    const answer = await putting.answer;
    if (this.running?.putting !== putting) return; // it was taken back, or has arrived
    this.running = null;
    if (answer.kind === "stored") this.hasArrived(ref);
    else {
      const seconds = answer.kind === "refused" ? Math.ceil((answer.retryMs ?? 0) / 1000) : 0;
      const code = answer.kind === "refused" ? answer.code : "unknown";
      this.change(ref, { state: "failed", why: { code, seconds } });
      this.next();
    }
  }

  private find(ref: string): Upload | undefined {
    return this.items.find((each) => each.ref === ref);
  }

  private change(ref: string, by: Partial<Upload>): void {
    this.items = this.items.map((each) => (each.ref === ref ? { ...each, ...by } : each));
    this.tell();
  }

  private tell(): void {
    for (const changed of [...this.changed]) changed();
  }
}

function fresh(ref: string, { name, size }: File): Upload {
  return { ref, name, bytes: size, picture: null, state: "preparing", share: 0, why: null };
}

function tooMany(ref: string): Upload {
  const why = { code: "at_once", seconds: 0 };
  return { ref, name: "", bytes: 0, picture: null, state: "failed", share: 0, why };
}
