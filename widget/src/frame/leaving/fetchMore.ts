// Fetches the dialog behind 更多.

import { later } from "../later";

export const fetchMore = later(() => import("./More").then(({ More }) => More));
