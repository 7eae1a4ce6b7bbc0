// A browser's storage that may be forbidden: then a memory of the same shape, which ends with the page.

export interface OpenStorage {
  storage: Storage;
  /** Whether what is put there outlives the page. */
  lasts: boolean;
}

/** What outlives the tab (the token alone), and what ends with it. */
export interface Storages {
  local: OpenStorage;
  tab: OpenStorage;
}

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
