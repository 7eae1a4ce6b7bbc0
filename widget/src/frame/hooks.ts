// Small hooks about time and the browser.

import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Chat } from "./chat/chat";

/**
 * Redraws whenever the chat changes. It subscribes in a layout effect, so that a change before the first paint is not
 * missed.
 */
export function useChat(chat: Chat): void {
  const [, draw] = useState(0);
  useLayoutEffect(() => chat.subscribe(() => draw((count) => count + 1)), [chat]);
}

/** Whether the time `at` (ms by this machine's clock) was reached; redraws when it is. */
export function useReached(at: number): boolean {
  const [reached, setReached] = useState(Date.now() >= at);
  useEffect(() => {
    const left = at - Date.now();
    setReached(left <= 0);
    if (left <= 0) return;
    const timer = window.setTimeout(() => setReached(true), left);
    return () => window.clearTimeout(timer);
  }, [at]);
  return reached;
}

/** `text`, but changing at most once in `ms`, for what a screen reader says aloud. */
export function useSlowly(text: string, ms: number): string {
  const [said, setSaid] = useState({ text, at: Date.now() });
  useEffect(() => {
    if (text === said.text) return;
    const left = text === "" ? 0 : Math.max(0, said.at + ms - Date.now());
    const timer = window.setTimeout(() => setSaid({ text, at: Date.now() }), left);
    return () => window.clearTimeout(timer);
  }, [text, said, ms]);
  return said.text;
}

/** Whether the browser says that it is online. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return online;
}

/** Makes the chat as high as the area that the on-screen keyboard leaves, when the chat is a page of its own. */
export function useVisibleHeight(): void {
  useEffect(() => {
    const seen = window.visualViewport;
    if (!seen || window.parent !== window) return;
    const follow = () => {
      document.documentElement.style.setProperty("--visible", `${seen.height}px`);
      window.scrollTo(0, 0);
    };
    seen.addEventListener("resize", follow);
    follow();
    return () => seen.removeEventListener("resize", follow);
  }, []);
}
