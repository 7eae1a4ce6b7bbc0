// The fixed numbers 1 to 9 of my conversations. A number stays with its conversation to the end, so that Alt+n never
// means another patient because the list has moved.

export type Numbers = ReadonlyMap<string, number>;

export const NO_NUMBERS: Numbers = new Map();

const HIGHEST = 9;

/**
 * Numbers for `mine` (oldest first): existing ones are kept, and each conversation without one gets the lowest free
 * number.
 */
export function numbered(numbers: Numbers, mine: readonly string[]): Numbers {
  const kept = mine.filter((id) => numbers.has(id));
  const without = mine.filter((id) => !numbers.has(id));
  const taken = new Set(kept.map((id) => numbers.get(id)));
  const free = Array.from({ length: HIGHEST }, (_, i) => i + 1).filter((n) => !taken.has(n));
  if (kept.length === numbers.size && (without.length === 0 || free.length === 0)) return numbers;
  const next = new Map<string, number>();
  for (const id of kept) next.set(id, numbers.get(id) ?? 0);
  for (const id of without) {
    const number = free.shift();
    if (number !== undefined) next.set(id, number);
  }
  return next;
}

/** The conversation with this number, or null. */
export function withNumber(numbers: Numbers, number: number): string | null {
  for (const [id, held] of numbers) if (held === number) return id;
  return null;
}

/** The numbers as JSON for the tab's own storage, so that a reload does not renumber: ids and numbers, no text. */
export function written(numbers: Numbers): string {
  return JSON.stringify([...numbers]);
}

/** Parses what `written` made; anything else gives no numbers. */
export function readBack(text: string | null): Numbers {
  try {
    const pairs: unknown = JSON.parse(text ?? "[]");
    return new Map(Array.isArray(pairs) ? pairs.filter(isPair) : []);
  } catch {
    return NO_NUMBERS;
  }
}

function isPair(pair: unknown): pair is [string, number] {
  return (
    Array.isArray(pair) &&
    typeof pair[0] === "string" &&
    Number.isInteger(pair[1]) &&
    pair[1] >= 1 &&
    pair[1] <= HIGHEST
  );
}
