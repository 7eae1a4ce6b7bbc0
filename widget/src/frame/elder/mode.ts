// 长辈版: larger letters and targets, stronger colours, and buttons that read messages aloud. Its styles and parts are
// fetched when somebody wants them. The choice stays on the device.

import { createContext } from "preact";
import { useContext, useLayoutEffect, useState } from "preact/hooks";
import { later, useLater } from "../later";

const KEY = "hchat-mode";
const ELDER = "elder";

type Parts = typeof import("./parts");

export interface Mode {
  isElder: boolean;
  toggle(): void;
  /** What only this mode shows; null in the other one, and until it is fetched. */
  parts: Parts | null;
}

const ModeContext = createContext<Mode>({ isElder: false, toggle: () => {}, parts: null });
export const ModeProvider = ModeContext.Provider;

export const fetchElder = later<Parts>(() => import("./parts"));

/** Whether the device's choice, or else the page's address (`?mode=elder`), asks for it. */
export function wantsElder(store: Storage, search = window.location.search): boolean {
  return (store.getItem(KEY) ?? new URLSearchParams(search).get("mode")) === ELDER;
}

/** The mode of this page, and how it is changed. */
export function useElder(store: Storage): Mode {
  const [isElder, set] = useState(() => wantsElder(store));
  const fetched = useLater(fetchElder, isElder);
  const parts = isElder ? fetched : null;
  useLayoutEffect(() => {
    document.documentElement.dataset.mode = parts ? ELDER : "";
  }, [parts]);
  const toggle = () => {
    keep(store, isElder ? "standard" : ELDER);
    set(!isElder);
  };
  return { isElder, toggle, parts };
}

export function useMode(): Mode {
  return useContext(ModeContext);
}

function keep(store: Storage, mode: string): void {
  try {
    store.setItem(KEY, mode);
  } catch {
    // The storage is full: the choice ends with this page.
  }
}
