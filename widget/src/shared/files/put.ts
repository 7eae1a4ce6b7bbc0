// Sends one file. XMLHttpRequest, because fetch does not tell how much of it has gone.

import type { HttpRefused } from "../frames";
import { retryMs } from "../link/world";

/** An upload of which nothing was heard for so long has failed. */
const SILENT_MS = 60_000;

export type Answer =
  | { kind: "stored" }
  | { kind: "refused"; code: string; retryMs: number | null }
  /** No answer, or none that makes sense: nobody knows whether the server has the file. */
  | { kind: "unknown" };

export interface Destination {
  url: string;
  headers?: Record<string, string>;
}

export interface Putting {
  answer: Promise<Answer>;
  stop(): void;
}

/** Sends a file; `gone` hears which share of it has gone, from 0 to 1. */
export type Put = (to: Destination, file: Blob, gone: (share: number) => void) => Putting;

/** Sends a file from this browser. */
export const put: Put = ({ url, headers = {} }, file, gone) => {
  const request = new XMLHttpRequest();
  const answer = new Promise<Answer>((resolve) => {
    let timer = 0;
    const heard = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), SILENT_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      heard();
      if (total > 0) gone(loaded / total);
    };
    request.onloadend = () => {
      window.clearTimeout(timer);
      resolve(answered(request.status, request.responseText));
    };
    heard();
  });
  request.open("PUT", url);
  request.setRequestHeader("content-type", file.type || "application/octet-stream");
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.send(file);
  return { answer, stop: () => request.abort() };
};

/** What an answer of the server means. */
export function answered(status: number, text: string): Answer {
  if (status >= 200 && status < 300) return { kind: "stored" };
  try {
    const { error } = JSON.parse(text) as HttpRefused;
    return { kind: "refused", code: error.code, retryMs: retryMs(error.details) };
  } catch {
    // 413 and the like may come from a proxy that has its own limit.
    return status === 413 ? { kind: "refused", code: "file_too_large", retryMs: null } : { kind: "unknown" };
  }
}
