// A browser's storage, which may be forbidden: then an object of the same shape in memory, which ends with the page.

export interface OpenStorage {
  storage: Storage;
  /** Whether stored values survive the page. */
  lasts: boolean;
}

/**
 * `local` survives the tab: the token, the mark of the present person (door/person.ts) and the language. `tab` ends
 * with it.
 */
export interface Storages {
  local: OpenStorage;
  tab: OpenStorage;
}

/** Opens a storage, or a substitute in memory when the browser forbids it. */
export function openStorage(name: "localStorage" | "sessionStorage"): OpenStorage {
  try {
    const storage = window[name];
    storage.setItem("hchat-probe", "1");
    storage.removeItem("hchat-probe");
    return { storage, lasts: true };
  } catch {
    return { storage: memory(), lasts: false };
  }
}

/** A storage in memory. */
export function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    key: (place) => Array.from(kept.keys())[place] ?? null,
    removeItem: (key) => {
      kept.delete(key);
    },
    setItem: (key, value) => {
      kept.set(key, value);
    },
  };
}
