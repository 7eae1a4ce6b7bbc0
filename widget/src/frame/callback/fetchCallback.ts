// Fetches the dialog behind 请给我回电.

import { later } from "../later";

export const fetchCallback = later(() => import("./Callback").then(({ Callback }) => Callback));
