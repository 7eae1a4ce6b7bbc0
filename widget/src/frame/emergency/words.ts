// Fetches the words of an emergency and the code that looks for them (`lookout.ts`).

import { later } from "../later";

/** The page is idle when its first screen has been shown for so long, in ms. */
const IDLE_AFTER = 500;

export type Lookout = typeof import("./lookout");

/** Fetches them once the page is idle. From then on they are in memory, also while there is no connection. */
export const fetchLookout = later<Lookout>(() =>
  new Promise((resolve) => setTimeout(resolve, IDLE_AFTER)).then(() => import("./lookout")),
);
