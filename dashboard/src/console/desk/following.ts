// Decides whose entries the server sends to this tab: those of my conversations, and of the one that is on the screen if
// I may read it. A right that comes later (接入, an assignment, an offer) loads them without a press.

import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { DeskLink } from "./deskLink";
import { type DeskState, without } from "./state";

/** The part of the desk that is needed. */
interface FollowedDesk {
  readonly state: Signal<DeskState>;
  readonly selected: ReadonlySignal<string | null>;
  /** The conversations whose entries the server sends without a request. */
  readonly attended: ReadonlySignal<readonly Row[]>;
  /** Whether I may read the conversation as its row is now. */
  isReadable(id: string): boolean;
  isGone(id: string): boolean;
}

/** Follows and unfollows conversations as the desk changes. */
export class Following {
  /** Conversations whose entries the server refused to send. */
  readonly unreadable = signal<ReadonlySet<string>>(new Set());
  private readonly followed = new Set<string>();

  constructor(
    private readonly link: DeskLink,
    private readonly desk: FollowedDesk,
  ) {
    link.onGone((conversation) => this.followed.delete(conversation));
    effect(() => this.keep());
  }

  /** Requests the entries again after a refusal. */
  readAgain(conversation: string): void {
    this.forgive(conversation);
    this.follow(conversation);
  }

  private forgive(conversation: string): void {
    const held = this.unreadable.peek();
    if (!held.has(conversation)) return;
    this.unreadable.value = new Set([...held].filter((each) => each !== conversation));
  }

  private keep(): void {
    const { state, attended, selected } = this.desk;
    if (state.value.rows.version === 0) return;
    const wanted = new Set(attended.value.map((row) => row.id));
    const looked = selected.value;
    if (looked !== null && !this.desk.isGone(looked) && this.desk.isReadable(looked)) wanted.add(looked);
    for (const id of wanted) if (!this.followed.has(id)) this.readAgain(id);
    for (const id of [...this.followed]) if (!wanted.has(id) && id !== looked) this.unfollow(id);
    // Whoever lost the right while the request was under way gets the entries with the next right.
    for (const id of this.unreadable.peek()) if (!wanted.has(id)) this.followed.delete(id);
  }

  private follow(conversation: string): void {
    const row = () => this.desk.state.peek().rows.items.get(conversation);
    const before = row();
    this.followed.add(conversation);
    this.link.request({ type: "conversation.follow", ref: newRef(), conversation }).catch(() => {
      if (!this.followed.has(conversation)) return;
      // It was taken away and given back while the answer was under way.
      if (row() !== before && this.desk.isReadable(conversation)) return this.follow(conversation);
      if (!this.desk.isReadable(conversation)) this.followed.delete(conversation);
      this.unreadable.value = new Set(this.unreadable.value).add(conversation);
    });
  }

  private unfollow(conversation: string): void {
    this.followed.delete(conversation);
    this.forgive(conversation);
    this.link.tell({ type: "conversation.unfollow", conversation });
    this.link.forget(conversation);
    const state = this.desk.state.peek();
    if (state.threads.has(conversation)) this.desk.state.value = without(state, conversation);
  }
}
