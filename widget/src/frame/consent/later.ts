// What consent needs from the first typed character on, in one chunk.

export { holds, holdsPicture, stays } from "./holding";
export { Panel, Question } from "./Panel";
