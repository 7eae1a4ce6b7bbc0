// What helps before and with the first words, in one chunk: quick questions, and the suggestion of a department.

import "./start.css";

export { Answers, Questions } from "./Questions";
export { Suggestion } from "./Suggestion";
