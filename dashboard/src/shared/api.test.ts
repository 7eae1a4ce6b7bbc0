import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { get, put } from "./api";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const PATH = "/v1/staff/drafts/c/reply";
const REFUSAL = { code: "unauthenticated", retry: "no", details: {} };

function answers(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal("fetch", async () => answer());
}

test("what is saved comes back", async () => {
  answers(() => Response.json({ at: 7 }));
  expect(await put(PATH, {})).toEqual({ kind: "done", body: { at: 7 } });
});

test("what is read comes back, with the session's cookie and from no cache", async () => {
  const asked = vi.fn(async () => Response.json({ at: 7 }));
  vi.stubGlobal("fetch", asked);
  expect(await get(PATH)).toEqual({ kind: "done", body: { at: 7 } });
  expect(asked.mock.calls).toMatchObject([[PATH, { credentials: "same-origin", cache: "no-store" }]]);
});

test("a conflict comes with the newer state", async () => {
  answers(() => Response.json({ error: REFUSAL, current: { at: 9 } }, { status: 409 }));
  expect(await put(PATH, {})).toMatchObject({ kind: "conflict", body: { current: { at: 9 } } });
});

test("a refusal is given by its code", async () => {
  answers(() => Response.json({ error: REFUSAL }, { status: 401 }));
  expect(await put(PATH, {})).toEqual({ kind: "refused", refusal: REFUSAL });
});

test("without a server, or with an answer of somebody in between, nothing is known", async () => {
  answers(() => Promise.reject(new TypeError("no network")));
  expect(await put(PATH, {})).toEqual({ kind: "unknown" });
  answers(() => new Response("<html>Bad gateway</html>", { status: 502 }));
  expect(await put(PATH, {})).toEqual({ kind: "unknown" });
});

test("a server that does not answer is not waited for without end", async () => {
  vi.stubGlobal(
    "fetch",
    (_path: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const answer = put(PATH, {});
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await answer).toEqual({ kind: "unknown" });
});
