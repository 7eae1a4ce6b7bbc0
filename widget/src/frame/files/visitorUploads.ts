// The files that a visitor is about to send: one list for each chat, which the button and the strip share.

import { useEffect, useState } from "preact/hooks";
import { readPicture } from "../../shared/files/canvas";
import { put } from "../../shared/files/put";
import { type Tools, Uploads } from "../../shared/files/uploads";
import type { Chat } from "../chat/chat";

const all = new WeakMap<Chat, Uploads>();
const browser: Tools = {
  read: readPicture,
  put,
  show: (file) => URL.createObjectURL(file),
  unshow: (url) => URL.revokeObjectURL(url),
};

/** The list of this chat. */
export function uploadsOf(chat: Chat, tools = browser): Uploads {
  const held = all.get(chat) ?? new Uploads(tools, (ref, name) => destination(chat, ref, name), false);
  all.set(chat, held);
  return held;
}

/** The same, drawing anew whenever it changes. */
export function useUploads(chat: Chat): Uploads {
  const uploads = uploadsOf(chat);
  const [, draw] = useState(0);
  useEffect(() => uploads.subscribe(() => draw((count) => count + 1)), [uploads]);
  return uploads;
}

function destination({ state, token }: Chat, ref: string, name: string) {
  const query = new URLSearchParams({ conversation: state.conversation ?? "", name });
  return { url: `/v1/visitor/files/${ref}?${query}`, headers: bearer(token) };
}

/** The header with which this browser shows whose it is. */
export function bearer(token: string | null): Record<string, string> {
  return { authorization: `Bearer ${token ?? ""}` };
}
