// What a chat shows from its first words on, in one chunk: the first screen needs none of it.

import "./talk.css";

export { Question } from "../door/Question";
export { Banner } from "../emergency/Banner";
export { EndDialog } from "../header/EndDialog";
export { Who } from "../header/Who";
export { Queue } from "../queue/Queue";
export { RunningMark } from "../RunningMark";
export { AllLines } from "../transcript/AllLines";
export { TypingSign } from "../transcript/TypingSign";
