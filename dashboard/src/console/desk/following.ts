// Decides whose entries the server sends to this tab: those of my conversations, and of the one that is on the screen.

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
  isGone(id: string): boolean;
}

/** Follows and unfollows conversations as the desk changes. */
export class Following {
  /** Conversations whose entries the server refused to send. */
  readonly unreadable = signal<ReadonlySet<string>>(new Set());
  private readonly followed = new Set<string>();
  /** Conversations that were refused while they were not mine; they are requested again as soon as they are. */
  private readonly early = new Set<string>();

  constructor(
    private readonly link: DeskLink,
    private readonly desk: FollowedDesk,
  ) {
    link.onGone((conversation) => this.followed.delete(conversation));
    effect(() => this.keep());
  }

  /** Requests the entries again after a refusal. */
  readAgain(conversation: string): void {
    this.unreadable.value = new Set([...this.unreadable.value].filter((each) => each !== conversation));
    this.follow(conversation);
  }

  private keep(): void {
    const { state, attended, selected } = this.desk;
    if (state.value.rows.version === 0) return;
    const wanted = new Set(attended.value.map((row) => row.id));
    const looked = selected.value;
    if (looked !== null && !this.desk.isGone(looked)) wanted.add(looked);
    for (const id of wanted) if (!this.followed.has(id)) this.follow(id);
    for (const row of attended.value) if (this.early.delete(row.id)) this.readAgain(row.id);
    for (const id of [...this.followed]) if (!wanted.has(id) && id !== looked) this.unfollow(id);
  }

  private follow(conversation: string): void {
    const isAttended = () => this.desk.attended.peek().some((row) => row.id === conversation);
    const before = isAttended();
    this.followed.add(conversation);
    this.link.request({ type: "conversation.follow", ref: newRef(), conversation }).catch(() => {
      // It was assigned to me while the answer was under way.
      if (!before && isAttended()) return this.follow(conversation);
      if (!before) this.early.add(conversation);
      this.unreadable.value = new Set(this.unreadable.value).add(conversation);
    });
  }

  private unfollow(conversation: string): void {
    this.followed.delete(conversation);
    this.early.delete(conversation);
    this.link.tell({ type: "conversation.unfollow", conversation });
    this.link.forget(conversation);
    const state = this.desk.state.peek();
    if (state.threads.has(conversation)) this.desk.state.value = without(state, conversation);
  }
}
