// What only 长辈版 shows, in one chunk with its styles.

import "./elder.css";

export { ElderBar } from "./ElderBar";
export { ReadAloud } from "./ReadAloud";
export { quiet } from "./voice";
