// A list the server keeps for us: rows by id and the version they stand at. It never guesses: after a hole in the
// versions it says `stale`, and whoever holds the connection asks for the list whole.

export interface VersionedList<T> {
  /** 0: never received. */
  readonly version: number;
  readonly items: ReadonlyMap<string, T>;
  /** A change was missed; what is shown is old until the whole list comes. */
  readonly stale: boolean;
}

interface Change<T> {
  version: number;
  whole?: boolean;
  put?: T[];
  gone?: string[];
}

export function emptyList<T>(): VersionedList<T> {
  return { version: 0, items: new Map(), stale: false };
}

export function changed<T extends { id: string }>(
  list: VersionedList<T>,
  change: Change<T>,
): VersionedList<T> {
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
