// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Counted } from "./counts";

const ADDRESS = "https://chat.hospital.example/v1/site-counts";
const FIRST = {
  at: 1,
  page: "https://www.hospital.example/",
  title: "",
  referrer: "https://www.baidu.com/s",
  parameters: { utm_source: "baidu", utm_term: "月经不调", hmkw: "x", keyword: "y", planid: "7" },
};

let sent: [string, string][];
let module: typeof import("./counts");

beforeEach(async () => {
  sent = [];
  vi.stubGlobal("navigator", { sendBeacon: (...all: [string, string]) => sent.push(all) });
  vi.resetModules();
  module = await import("./counts");
});

afterEach(() => vi.unstubAllGlobals());

const report = (first: object = FIRST) => module.report(ADDRESS, "demo", first as typeof FIRST);
const count = (...kinds: Counted[]) => kinds.forEach(module.count);
const last = () => JSON.parse(sent[sent.length - 1]?.[1] ?? "null");

test("nothing happened: nothing is sent", () => {
  report();
  expect(sent).toEqual([]);
});

test("what happened is sent once, with the source and without the keywords", () => {
  history.replaceState(null, "", "/fuke/?name=1#x");
  count("shown", "opened", "opened");
  report();
  expect(sent.map(([address]) => address)).toEqual([ADDRESS]);
  expect(last()).toEqual({
    site: "demo",
    page: "/fuke/",
    referrer: "www.baidu.com",
    parameters: { utm_source: "baidu", planid: "7" },
    counts: { shown: 1, opened: 1 },
  });
  report();
  expect(sent).toHaveLength(1);
  history.replaceState(null, "", "/");
});

test("what happens after a report is sent with the next one; the same thing is not counted twice", () => {
  count("shown");
  report();
  count("shown");
  report();
  expect(sent).toHaveLength(1);
  count("invited", "accepted");
  report();
  expect(last().counts).toEqual({ shown: 0, invited: 1, accepted: 1 });
});

test("a visit without a referrer, and one whose storage was spoilt, have none", () => {
  count("shown");
  report({ ...FIRST, referrer: "" });
  count("opened");
  report({ page: "x", title: "" });
  for (const [, body] of sent) expect(JSON.parse(body).referrer).toBeUndefined();
  expect(sent).toHaveLength(2);
});
