// What survives a reload in this tab and ends with the tab: the draft, texts that could not be sent, the fields of a 留言
// until it is accepted, decisions on consent, how far the visitor has read, which banners were dismissed. Computers in a foyer are shared, so
// nothing of this survives the tab.

import type { ConsentSent } from "../../shared/frames";
import type { Fields, Left } from "../offline/fields";
import { memory } from "../storage";
import type { Pending } from "./state";

export interface Seen {
  conversation: string;
  seq: number;
}

/** Until which page, by the time at which it was opened, the server knows the visit. */
export interface SentVisit {
  conversation: string;
  until: number;
}

export interface Dismissed {
  conversation: string;
  day: number;
}

/** The values of one tab, each under its own key. */
export class TabStorage {
  constructor(
    private storage: Storage,
    private readonly site: string,
  ) {}

  /** From now on nothing survives a reload. The caller clears what was stored before. */
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

  /** The conversation and the day for which the request for a rating was dismissed. */
  get dismissed(): Dismissed | null {
    return this.read<Dismissed>("dismissed");
  }

  set dismissed(dismissed: Dismissed | null) {
    this.put("dismissed", dismissed === null ? null : JSON.stringify(dismissed));
  }

  get visit(): SentVisit | null {
    return this.read<SentVisit>("visit");
  }

  set visit(sent: SentVisit | null) {
    this.put("visit", sent === null ? null : JSON.stringify(sent));
  }

  get fields(): Fields | null {
    return this.read<Fields>("fields");
  }

  set fields(fields: Fields | null) {
    this.put("fields", fields === null ? null : JSON.stringify(fields));
  }

  /** The fields of a call-back that is not requested yet, as its form spells them. */
  get callback(): object | null {
    return this.read<object>("callback");
  }

  set callback(fields: object | null) {
    this.put("callback", fields === null ? null : JSON.stringify(fields));
  }

  /** That a 留言 was accepted and by when it is answered, without its words. */
  get left(): Left | null {
    return this.read<Left>("left");
  }

  set left(left: Left | null) {
    this.put("left", left === null ? null : JSON.stringify({ ...left, body: "", isNew: false }));
  }

  /** What the visitor decided on consent before there is a conversation: hashes of the texts, not the texts. */
  get choices(): ConsentSent[] {
    return this.read<ConsentSent[]>("choices") ?? [];
  }

  set choices(all: ConsentSent[]) {
    this.put("choices", all.length === 0 ? null : JSON.stringify(all));
  }

  /** The conversations and kinds of the emergency banners that were dismissed. */
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
      // The storage is full: the value stays on the screen only.
    }
  }

  private key(name: string): string {
    return `hchat-${name}-${this.site}`;
  }
}
