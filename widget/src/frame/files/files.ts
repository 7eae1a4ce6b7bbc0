// Pictures and documents in the visitor's chat, in one chunk that is fetched once there is a conversation.

import "./bubbles.css";
import "./files.css";

export { Attach } from "./Attach";
export { FileBubble } from "./FileBubble";
export { Strip } from "./Strip";
