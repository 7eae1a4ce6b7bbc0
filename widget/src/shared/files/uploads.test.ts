import { beforeEach, expect, test } from "vitest";
import type { Answer, Destination, Put } from "./put";
import { MOST_AT_ONCE, mayRetry, Uploads } from "./uploads";

interface Sent {
  to: Destination;
  gone(share: number): void;
  stopped: boolean;
  answer(answer: Answer): void;
}

let sent: Sent[];
let shown: Set<string>;
let uploads: Uploads;

/** Sends nothing; the test answers. */
const put: Put = (to, _file, gone) => {
  const one: Sent = { to, gone, stopped: false, answer: () => {} };
  const answer = new Promise<Answer>((resolve) => {
    one.answer = resolve;
  });
  sent.push(one);
  return {
    answer,
    stop: () => {
      one.stopped = true;
      one.answer({ kind: "unknown" });
    },
  };
};

beforeEach(() => {
  sent = [];
  shown = new Set();
  let count = 0;
  const show = () => {
    const url = `blob:${++count}`;
    shown.add(url);
    return url;
  };
  const read = async () => ({
    width: 9,
    height: 9,
    drawn: async () => new Blob(["j"], { type: "image/jpeg" }),
  });
  const tools = { read, put, show, unshow: (url: string) => void shown.delete(url) };
  uploads = new Uploads(tools, (ref, name) => ({ url: `/${ref}?${name}` }), false);
});

const pictures = (count: number) =>
  Array.from({ length: count }, () => new File(["x"], "a.png", { type: "image/png" }));
const states = () => uploads.items.map(({ state }) => state);
const settled = () => new Promise((resolve) => setTimeout(resolve));

function at<T>(all: readonly T[], place: number): T {
  const one = all[place];
  if (one === undefined) throw new Error(`there is no ${place}`);
  return one;
}

async function refused(code: string, retryMs: number | null = null): Promise<void> {
  await uploads.choose(pictures(1));
  uploads.send();
  at(sent, 0).answer({ kind: "refused", code, retryMs });
  await settled();
}

test("nothing is sent before the last look at it", async () => {
  await uploads.choose(pictures(2));
  expect(states()).toEqual(["chosen", "chosen"]);
  expect(sent).toEqual([]);
});

test("pictures go one after the other, in their order", async () => {
  await uploads.choose(pictures(3));
  const refs = uploads.items.map(({ ref }) => ref);
  uploads.send();
  expect(states()).toEqual(["sending", "queued", "queued"]);
  for (const place of [0, 1, 2]) {
    at(sent, place).answer({ kind: "stored" });
    await settled();
  }
  expect(sent.map(({ to }) => to.url)).toEqual(refs.map((ref) => `/${ref}?image.jpg`));
  expect(uploads.items).toEqual([]);
  expect(uploads.stored).toBe(3);
  expect(shown.size).toBe(0);
});

test("what was cancelled before it is sent is never sent", async () => {
  await uploads.choose(pictures(2));
  uploads.remove(at(uploads.items, 0).ref);
  uploads.send();
  expect(sent).toHaveLength(1);
  expect(shown.size).toBe(1);
});

test("cancelling while it is prepared takes it back, too", async () => {
  const done = uploads.choose(pictures(2));
  uploads.unchoose();
  await done;
  expect(uploads.items).toEqual([]);
  expect(shown.size).toBe(0);
});

test("progress is that of the picture that is being sent", async () => {
  await uploads.choose(pictures(2));
  uploads.send();
  at(sent, 0).gone(0.45);
  expect(uploads.items.map(({ share }) => share)).toEqual([0.45, 0]);
});

test("cancelling during the upload stops it, and the next one goes", async () => {
  await uploads.choose(pictures(2));
  uploads.send();
  uploads.remove(at(uploads.items, 0).ref);
  await settled();
  expect(at(sent, 0).stopped).toBe(true);
  expect(states()).toEqual(["sending"]);
  expect(sent).toHaveLength(2);
  expect(uploads.stored).toBe(0);
});

test("after one was cancelled there is still only one on its way", async () => {
  await uploads.choose(pictures(3));
  uploads.send();
  uploads.remove(at(uploads.items, 0).ref);
  await settled();
  expect(states()).toEqual(["sending", "queued"]);
});

test("after a failure the same picture goes under the same ref", async () => {
  await uploads.choose(pictures(1));
  uploads.send();
  at(sent, 0).gone(0.9);
  at(sent, 0).answer({ kind: "unknown" });
  await settled();
  expect(uploads.items).toMatchObject([{ state: "failed", why: { code: "unknown" } }]);
  uploads.retry(at(uploads.items, 0).ref);
  expect(uploads.items).toMatchObject([{ state: "sending", share: 0, why: null }]);
  expect(at(sent, 1).to.url).toBe(at(sent, 0).to.url);
  at(sent, 1).answer({ kind: "stored" });
  await settled();
  expect(uploads.stored).toBe(1);
});

test("a failure does not hold up the next picture", async () => {
  await uploads.choose(pictures(2));
  uploads.send();
  at(sent, 0).answer({ kind: "refused", code: "file_storage", retryMs: null });
  await settled();
  expect(states()).toEqual(["failed", "sending"]);
});

test("what has arrived is not sent again, even when the answer was lost", async () => {
  await uploads.choose(pictures(1));
  uploads.send();
  const { ref } = at(uploads.items, 0);
  uploads.arrived(new Set([ref]));
  expect(uploads.items).toEqual([]);
  at(sent, 0).answer({ kind: "stored" });
  await settled();
  expect(uploads.stored).toBe(1);
});

test.each(["unknown", "rate_limited", "file_scan_unavailable", "file_storage", "unavailable", "internal"])(
  "after %s it may be sent again",
  async (code) => {
    await refused(code);
    expect(mayRetry(at(uploads.items, 0))).toBe(true);
  },
);

test.each([
  "file_type",
  "file_too_large",
  "file_pixels",
  "file_count",
  "file_malware",
  "files_locked",
  "not_found",
  "forbidden",
])("after %s another attempt makes no sense, and none is made", async (code) => {
  await refused(code);
  expect(mayRetry(at(uploads.items, 0))).toBe(false);
  uploads.retry(at(uploads.items, 0).ref);
  expect(sent).toHaveLength(1);
});

test("a refusal for now says for how many seconds, rounded up", async () => {
  await refused("rate_limited", 1_200);
  expect(at(uploads.items, 0).why).toEqual({ code: "rate_limited", seconds: 2 });
});

test("a file that cannot be sent says so at once, and the others go", async () => {
  await uploads.choose([new File(["x"], "a.txt", { type: "text/plain" }), ...pictures(1)]);
  expect(uploads.items).toMatchObject([{ state: "failed", why: { code: "file_type" } }, { state: "chosen" }]);
});

test("more than fit at once are not taken, and that is said", async () => {
  await uploads.choose(pictures(MOST_AT_ONCE + 2));
  expect(states()).toEqual([...Array(MOST_AT_ONCE).fill("chosen"), "failed"]);
  expect(at(uploads.items, MOST_AT_ONCE).why).toMatchObject({ code: "at_once" });
});

test("several picks count together, and are prepared one after the other", async () => {
  let reading = 0;
  let most = 0;
  const read = async () => {
    most = Math.max(most, ++reading);
    await settled();
    reading -= 1;
    return { width: 9, height: 9, drawn: async () => new Blob(["j"], { type: "image/jpeg" }) };
  };
  const tools = { read, put, show: () => "", unshow: () => {} };
  uploads = new Uploads(tools, (ref) => ({ url: `/${ref}` }), false);
  await Promise.all([uploads.choose(pictures(4)), uploads.choose(pictures(4)), uploads.choose(pictures(4))]);
  expect(most).toBe(1);
  expect(states()).toEqual([...Array(8).fill("chosen"), "chosen", "failed"]);
});

test("at the end nothing is left: neither an upload nor a picture in memory", async () => {
  await uploads.choose(pictures(3));
  uploads.send();
  uploads.clear();
  await settled();
  expect(sent.map(({ stopped }) => stopped)).toEqual([true]);
  expect(uploads.items).toEqual([]);
  expect(shown.size).toBe(0);
});
