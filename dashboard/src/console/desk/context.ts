// The console for every view below the app, without handing it down by hand.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Console } from "./console";

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const console = useContext(ConsoleContext);
  if (console === null) throw new Error("a view of the console stands outside of it");
  return console;
}
