// Short messages that do not belong to a place on the screen.

import { signal } from "@preact/signals";
import { newRef } from "../../../../widget/src/shared/link/ref";
import { type Refusal, refusalSentence } from "../../shared/refusalText";

/** More notices than this would hide each other. */
const MOST = 4;

/** A short message that does not belong to a place on the screen. */
export interface Notice {
  readonly id: string;
  readonly kind: "info" | "problem";
  readonly text: () => string;
  /** The conversation it is about, if it can be opened. */
  readonly about?: string;
}

/** The notices on the screen, the latest last. */
export class Notices {
  readonly shown = signal<readonly Notice[]>([]);

  tell(kind: Notice["kind"], text: () => string, about?: string): void {
    const notice = { id: newRef(), kind, text, ...(about === undefined ? {} : { about }) };
    this.shown.value = [...this.shown.value.slice(1 - MOST), notice];
  }

  problem(refusal: Refusal): void {
    this.tell("problem", () => refusalSentence(refusal));
  }

  dismiss(id: string): void {
    this.shown.value = this.shown.value.filter((notice) => notice.id !== id);
  }
}
