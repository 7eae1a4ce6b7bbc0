// Counts what happens on this page of the hospital, for its statistics. Nothing identifies the visitor.

/** The launcher was shown, the chat was opened, an invitation was shown, and accepted. */
export type Counted = "shown" | "opened" | "invited" | "accepted";

/** 1: happened and not reported yet; 0: reported. */
export const counts: Partial<Record<Counted, 0 | 1>> = {};

/** Counts `kind`, at most once on each page. */
export function count(kind: Counted): void {
  counts[kind] = counts[kind] === undefined ? 1 : counts[kind];
}
