// What survives a reload in this tab, and ends with it: the draft, texts that could not be sent, how far was read.
// A foyer's computer is shared: nothing of this outlives the tab.

import type { Pending } from "./conversation";

export interface Seen {
  conversation: string;
  seq: number;
}

export class Kept {
  constructor(
    private readonly storage: Storage,
    private readonly site: string,
  ) {}

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
