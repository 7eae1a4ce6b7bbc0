// Fetches what consent needs from the first typed character on.

import { later } from "../later";

export const fetchConsent = later(() => import("./later"));
