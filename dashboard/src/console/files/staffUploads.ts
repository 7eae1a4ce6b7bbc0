// The files that are about to go to visitors: one list for each conversation, so that nothing picked in one of them can
// be sent into another.

import { useEffect, useState } from "preact/hooks";
import { readPicture } from "../../../../widget/src/shared/files/canvas";
import { dragsFiles } from "../../../../widget/src/shared/files/picked";
import { type Destination, put } from "../../../../widget/src/shared/files/put";
import { type Tools, Uploads } from "../../../../widget/src/shared/files/uploads";
import type { Desk } from "../desk/desk";

const all = new WeakMap<Desk, Map<string, Uploads>>();
const browser: Tools = {
  read: readPicture,
  put,
  show: (file) => URL.createObjectURL(file),
  unshow: (url) => URL.revokeObjectURL(url),
};

/** The list of a conversation. */
export function uploadsOf(desk: Desk, conversation: string, tools = browser): Uploads {
  const held = all.get(desk) ?? watched(new Map<string, Uploads>());
  all.set(desk, held);
  const to = (ref: string, name: string) => destination(desk, conversation, ref, name);
  const uploads = held.get(conversation) ?? new Uploads(tools, to, true);
  held.set(conversation, uploads);
  return uploads;
}

/** The same, drawing anew whenever it changes. */
export function useUploads(desk: Desk, conversation: string): Uploads {
  const uploads = uploadsOf(desk, conversation);
  const [, draw] = useState(0);
  useEffect(() => uploads.subscribe(() => draw((count) => count + 1)), [uploads]);
  return uploads;
}

function destination(desk: Desk, conversation: string, ref: string, name: string): Destination {
  const query = new URLSearchParams({ name, fence: String(desk.row(conversation)?.fence ?? 0) });
  return { url: `/v1/staff/conversations/${conversation}/files/${ref}?${query}` };
}

/** Warns before the page is left with files on their way, and keeps a file dropped beside the box from replacing it. */
function watched(held: Map<string, Uploads>): Map<string, Uploads> {
  const stay = (event: DragEvent) => {
    if (dragsFiles(event)) event.preventDefault();
  };
  window.addEventListener("dragover", stay);
  window.addEventListener("drop", stay);
  window.addEventListener("beforeunload", (event) => {
    if (!Array.from(held.values()).some(({ isBusy }) => isBusy)) return;
    event.preventDefault();
    // Needed by Chromium before 119.
    event.returnValue = true;
  });
  return held;
}
