// Fetches the part of the screen that shows a chat's words.

import { later } from "../later";

export type Talk = typeof import("./talk");

export const fetchTalk = later<Talk>(() => import("./talk"));
