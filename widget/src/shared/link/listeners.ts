// Functions that wait to be called: added until they are taken away again.

export function added<T>(all: Set<T>, one: T): () => void {
  all.add(one);
  return () => all.delete(one);
}

/** All of them; one that is taken away meanwhile is called once more. */
export function call<T>(all: Set<(value: T) => void>, value: T): void {
  for (const each of [...all]) each(value);
}
