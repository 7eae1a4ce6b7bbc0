// What survives a reload in this tab, and ends with it: the draft, texts that could not be sent, the fields of a
// 留言 until it is taken, how far was read, which banners were put away.
// A foyer's computer is shared: nothing of this outlives the tab.

import type { Fields, Left } from "../offline/fields";
import { memory } from "../storage";
import type { Pending } from "./state";

export interface Seen {
  conversation: string;
  seq: number;
}

export interface Dismissed {
  conversation: string;
  day: number;
}

export class TabStorage {
  constructor(
    private storage: Storage,
    private readonly site: string,
  ) {}

  /** From now on nothing survives a reload. What was stored before, whoever stops it clears. */
  stop(): void {
    this.storage = memory();
  }

  get draft(): string {
    return this.storage.getItem(this.key("draft")) ?? "";
  }

  set draft(text: string) {
    this.put("draft", text === "" ? null : text);
  }

  get failed(): Pending[] {
    return this.read<Pending[]>("failed") ?? [];
  }

  set failed(all: Pending[]) {
    this.put("failed", all.length === 0 ? null : JSON.stringify(all));
  }

  get seen(): Seen | null {
    return this.read<Seen>("seen");
  }

  set seen(seen: Seen | null) {
    this.put("seen", seen === null ? null : JSON.stringify(seen));
  }

  /** In which conversation, and on which day, no rating was wanted. */
  get dismissed(): Dismissed | null {
    return this.read<Dismissed>("dismissed");
  }

  set dismissed(dismissed: Dismissed | null) {
    this.put("dismissed", dismissed === null ? null : JSON.stringify(dismissed));
  }

  get fields(): Fields | null {
    return this.read<Fields>("fields");
  }

  set fields(fields: Fields | null) {
    this.put("fields", fields === null ? null : JSON.stringify(fields));
  }

  /** That a 留言 was taken and when it is answered; its words no longer. */
  get left(): Left | null {
    return this.read<Left>("left");
  }

  set left(left: Left | null) {
    this.put("left", left === null ? null : JSON.stringify({ ...left, body: "" }));
  }

  /** Of which conversation, and of which class, the emergency banners were put away. */
  get putAway(): string[] {
    return this.read<string[]>("put-away") ?? [];
  }

  set putAway(banners: string[]) {
    this.put("put-away", JSON.stringify(banners));
  }

  private read<T>(name: string): T | null {
    try {
      return JSON.parse(this.storage.getItem(this.key(name)) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  private put(name: string, value: string | null): void {
    try {
      if (value === null) this.storage.removeItem(this.key(name));
      else this.storage.setItem(this.key(name), value);
    } catch {
      // Full: it stays on the screen, which is all that can be done.
    }
  }

  private key(name: string): string {
    return `hchat-${name}-${this.site}`;
  }
}
