// Files of the transcript: fetched with the visitor's token, because an address alone opens nothing, and shown from
// this page's memory.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { bearer } from "./visitorUploads";

export type Fetched = { state: "waits" | "loads" | "failed" } | { state: "there"; url: string };

/** The file as an address of this page. Rejects when it cannot be had. */
export async function fetched(chat: Chat, id: string): Promise<string> {
  const answer = await fetch(`/v1/visitor/files/${id}`, { headers: bearer(chat.token), cache: "no-store" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return URL.createObjectURL(await answer.blob());
}

/** Fetches a file when it is `wanted`, and once more after `again`. The address ends with the component. */
export function useFetched(chat: Chat, id: string, wanted: boolean) {
  const [file, setFile] = useState<Fetched>({ state: "waits" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    let url: string | null = null;
    let gone = false;
    setFile({ state: "loads" });
    fetched(chat, id).then(
      (made) => {
        url = made;
        if (gone) URL.revokeObjectURL(made);
        else setFile({ state: "there", url: made });
      },
      () => {
        if (!gone) setFile({ state: "failed" });
      },
    );
    return () => {
      gone = true;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [chat, id, wanted, tries]);
  return { file, again: () => setTries(tries + 1), broken: () => setFile({ state: "failed" }) };
}

/** Whether the element was near the visible part of the page once. */
export function useNear<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [near, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (near || ref.current === null) return;
    const observer = new IntersectionObserver(
      (seen) => seen.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: "400px" },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [near]);
  return { ref, near };
}
