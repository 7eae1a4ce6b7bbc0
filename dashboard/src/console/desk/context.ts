// Gives every view below the app access to the desk.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "./desk";

export const DeskContext = createContext<Desk | null>(null);

/** The desk of the console. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("a view of the console stands outside of it");
  return desk;
}

/** Whether the console is connected, so that something can be sent. */
export function useLive(): boolean {
  return useDesk().connection.value === "live";
}
