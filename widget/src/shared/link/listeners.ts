// Sets of listeners.

/** Adds a listener and returns a function that removes it. */
export function added<T>(all: Set<T>, one: T): () => void {
  all.add(one);
  return () => all.delete(one);
}

/** Calls all listeners. One that is removed during the calls is still called this time. */
export function call<T>(all: Set<(value: T) => void>, value: T): void {
  for (const each of [...all]) each(value);
}
