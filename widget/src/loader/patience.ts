// How long the panel waits for the chat. The build writes imported numbers where they are used.

/** A frame that takes longer is late, and the small panel says so. */
export const LATE_MS = 3_000;
/** After `load` less time is enough: the frame's script has run and waits for another language's texts at most. */
export const LOADED_MS = 1_000;
/**
 * The wait before the second attempt is between this and twice this. It doubles before each later one, up to 10 times
 * this.
 */
export const PAUSE_MS = 1_500;
export const MOST_PAUSES = 10;
