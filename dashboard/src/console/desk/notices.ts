// Short things to be told that belong to no place on the screen.

import { signal } from "@preact/signals";
import { newRef } from "../../../../widget/src/shared/link/ref";
import type { Refusal } from "../composer/outbox";
import { refusalSentence } from "./refusalText";

/** More than so many hide each other. */
const MOST = 4;

/** Something to tell that belongs to no place on the screen. */
export interface Notice {
  readonly id: string;
  readonly kind: "info" | "problem";
  readonly text: () => string;
  /** The conversation it is about, where it can be opened. */
  readonly about?: string;
}

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
