// The colour stripe of a conversation: the same in the list, above the thread and at the composer, so that a wrong chat
// is noticed. The hues are in tokens.css; none is near amber or red, which mean urgency.

/** The class that sets `--stripe`; neutral without a number. */
export function stripe(number: number | undefined): string {
  return `stripe-${number ?? 0}`;
}
