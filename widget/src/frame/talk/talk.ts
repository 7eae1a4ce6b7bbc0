// What a chat shows from its first words on, in one chunk, with what the first screen shows once the server has answered.

import "./talk.css";

export { Question } from "../door/Question";
export { Emergency } from "../emergency/Emergency";
export { EndDialog } from "../header/EndDialog";
export { Who } from "../header/Who";
export { Departments } from "../queue/Departments";
export { closes, HoursLine } from "../queue/HoursLine";
export { Queue } from "../queue/Queue";
export { RunningMark } from "../RunningMark";
export { AllLines } from "../transcript/AllLines";
export { TypingSign } from "../transcript/TypingSign";
