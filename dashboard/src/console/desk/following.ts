// Whose entries the server sends to this tab: those of what is mine, and of what is looked at.

import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Row } from "../../../../widget/src/shared/frames";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { DeskLink } from "./deskLink";
import { type DeskState, without } from "./state";

/** The desk, as far as is needed. */
interface FollowedDesk {
  readonly state: Signal<DeskState>;
  readonly selected: ReadonlySignal<string | null>;
  /** Those whose entries come of themselves. */
  readonly attended: ReadonlySignal<readonly Row[]>;
  isGone(id: string): boolean;
}

export class Following {
  /** Conversations whose entries the server would not send. */
  readonly unreadable = signal<ReadonlySet<string>>(new Set());
  private readonly followed = new Set<string>();
  /** Refused while they were nobody's or another's; asked for again as soon as they are mine. */
  private readonly early = new Set<string>();

  constructor(
    private readonly link: DeskLink,
    private readonly desk: FollowedDesk,
  ) {
    link.onGone((conversation) => this.followed.delete(conversation));
    effect(() => this.keep());
  }

  /** Ask for the entries once more, after they were refused. */
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
      // It was given to me while the answer was on its way.
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
