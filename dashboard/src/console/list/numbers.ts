// The fixed numbers 1 to 9 of the conversations I hold. A number stays with its conversation to the end: Alt+n must
// never mean another patient because the list has moved.

export type Numbers = ReadonlyMap<string, number>;

export const NO_NUMBERS: Numbers = new Map();

const HIGHEST = 9;

/** Numbers for `mine` (oldest first): kept where there is one, the lowest free one for who has none. */
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

export function withNumber(numbers: Numbers, number: number): string | null {
  for (const [id, held] of numbers) if (held === number) return id;
  return null;
}

/** For a tab's own storage, so that a reload does not renumber: ids and numbers, nothing of what was said. */
export function written(numbers: Numbers): string {
  return JSON.stringify([...numbers]);
}

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
