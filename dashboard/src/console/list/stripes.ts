// The colour stripe of a conversation: the same in the list, over the thread and at the composer, so that the eye
// notices a wrong chat. Hues are in tokens.css; none is near amber or red, which mean urgency.

/** The class that sets `--stripe`. One without a number has the neutral one. */
export function stripe(number: number | undefined): string {
  return `stripe-${number ?? 0}`;
}
