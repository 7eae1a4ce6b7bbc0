// What consent needs from the first typed character on, in one chunk.

export { holds, stays } from "./holding";
export { Panel } from "./Panel";
