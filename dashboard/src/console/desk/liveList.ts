// A list that the server keeps up to date: items by id, and the list's version. It never guesses: after a gap in the
// versions it is `stale`, and the owner of the connection requests the whole list.

export interface LiveList<T> {
  /** 0: never received. */
  readonly version: number;
  readonly items: ReadonlyMap<string, T>;
  /** A change was missed: the items are old until the whole list arrives. */
  readonly stale: boolean;
}

interface Change<T> {
  version: number;
  whole?: boolean;
  put?: T[];
  gone?: string[];
}

/** A list that was never received. */
export function emptyList<T>(): LiveList<T> {
  return { version: 0, items: new Map(), stale: false };
}

/** The list after a change. */
export function changed<T extends { id: string }>(list: LiveList<T>, change: Change<T>): LiveList<T> {
  if (change.whole) {
    return { version: change.version, items: byId(new Map(), change), stale: false };
  }
  if (list.stale || change.version <= list.version) return list;
  if (change.version !== list.version + 1) return { ...list, stale: true };
  return { version: change.version, items: byId(new Map(list.items), change), stale: false };
}

function byId<T extends { id: string }>(items: Map<string, T>, change: Change<T>): Map<string, T> {
  for (const item of change.put ?? []) items.set(item.id, item);
  for (const id of change.gone ?? []) items.delete(id);
  return items;
}
