import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { VisitorPoll, VisitorPolled } from "../../shared/frames";
import { pollWire } from "./pollWire";

/** The server's side of one line. A request waits until there is something to say. */
class FakeLine {
  readonly heard: string[] = [];
  readonly ids = new Set<string>();
  requests = 0;
  /** What happens to the next requests: the request is lost, its answer is lost, or the server refuses it. */
  weather: ("fair" | "lost" | "unanswered" | "slow down")[] = [];
  /** The most requests that fail before one is answered. */
  patience = Number.POSITIVE_INFINITY;
  private failed = 0;
  private said: string[] = [];
  private first = 0;
  private end: VisitorPolled["end"];
  private wake: () => void = () => {};

  constructor() {
    vi.stubGlobal("fetch", (_path: string, init: RequestInit) => this.asked(init));
  }

  say(...texts: string[]) {
    this.said.push(...texts);
    this.wake();
  }

  close(code: number, reason: string) {
    this.end = { code, reason };
    this.wake();
  }

  private async asked({ body, signal, headers }: RequestInit): Promise<Response> {
    this.requests += 1;
    this.ids.add((headers as Record<string, string>)["HChat-Line"] ?? "");
    const due = this.weather.shift() ?? "fair";
    const weather = this.failed < this.patience ? due : "fair";
    if (weather === "lost" || weather === "unanswered") this.failed += 1;
    if (weather === "lost") throw new TypeError("the network is gone");
    if (weather === "slow down") return refusal({ retry_ms: 200 });
    const asked = JSON.parse(String(body)) as VisitorPoll;
    if (asked.at > this.heard.length || asked.got < this.first) throw new Error("numbers that cannot be");
    this.said.splice(0, asked.got - this.first);
    this.first = asked.got;
    this.heard.push(...asked.texts.slice(this.heard.length - asked.at));
    await new Promise<void>((resolve, reject) => {
      this.wake();
      this.wake = resolve;
      signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      if (this.said.length > 0 || this.end) resolve();
    });
    if (weather === "unanswered") throw new TypeError("the network is gone");
    this.failed = 0;
    const { heard, said, end } = this;
    return new Response(JSON.stringify({ taken: heard.length, texts: said, ...(end && { end }) }));
  }
}

function refusal(details: object, code = "rate_limited", status = 429): Response {
  return new Response(JSON.stringify({ error: { code, retry: "later", details } }), { status });
}

function party() {
  const line = new FakeLine();
  const heard: string[] = [];
  const closed: [number, string][] = [];
  const wire = pollWire({
    opened: () => wire.send("hello"),
    heard: (text) => heard.push(text),
    closed: (...how) => closed.push(how),
  });
  return { line, wire, heard, closed };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

test("frames go both ways, and several that are sent in one moment share a request", async () => {
  const { line, wire, heard } = party();
  await pass();
  expect([line.heard, line.requests]).toEqual([["hello"], 1]);
  line.say("welcome");
  await pass();
  expect(heard).toEqual(["welcome"]);
  wire.send("one");
  wire.send("two");
  await pass();
  expect([line.heard, line.requests]).toEqual([["hello", "one", "two"], 3]);
  expect([...line.ids].map((id) => /^[\w-]{43}$/.test(id))).toEqual([true]);
});

test("the server's close code reaches the link, after what was said before", async () => {
  const { line, heard, closed } = party();
  await pass();
  line.say("bye");
  line.close(4503, "x");
  await pass();
  expect([heard, closed]).toEqual([["bye"], [[4503, "x"]]]);
  expect(line.requests).toBe(1);
});

test("three requests that fail one after the other end the connection", async () => {
  const { line, closed } = party();
  line.weather = ["lost", "lost", "lost"];
  await pass(10_000);
  expect([line.requests, closed]).toEqual([3, [[1006, ""]]]);
});

test("a server that refuses the line asks to come back later; one that refuses a request is asked again", async () => {
  const first = party();
  first.line.weather = ["slow down"];
  await pass();
  expect(first.closed).toEqual([[4013, '{"retry_ms":200}']]);
  const second = party();
  second.line.say("welcome");
  await pass();
  second.line.weather = ["slow down"];
  second.wire.send("one");
  await pass(1_000);
  expect([second.closed, second.line.heard]).toEqual([[], ["hello", "one"]]);
});

test("nothing is heard or asked after `close`", async () => {
  const { line, wire, heard, closed } = party();
  await pass();
  wire.close();
  line.say("too late");
  await pass(10_000);
  expect([heard, closed, line.requests]).toEqual([[], [], 1]);
});

test("whatever the network does, every frame arrives once and in order, both ways", async () => {
  const step = fc.oneof(
    fc.record({ to: fc.constantFrom("server", "client"), wait: fc.constantFrom(0, 0, 1_500) }),
    fc.record({ weather: fc.constantFrom("lost", "unanswered", "slow down") }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { line, wire, heard, closed } = party();
      line.patience = 2; // the third would end the connection
      line.say("welcome");
      await pass();
      const [up, down] = [["hello"], ["welcome"]];
      for (const [place, each] of steps.entries()) {
        if ("weather" in each) line.weather = [each.weather as "lost"];
        else if (each.to === "server") {
          up.push(`up ${place}`);
          wire.send(`up ${place}`);
        } else {
          down.push(`down ${place}`);
          line.say(`down ${place}`);
        }
        await pass("wait" in each ? each.wait : 0);
      }
      line.weather = [];
      down.push("last");
      line.say("last");
      await pass(10_000);
      expect([closed, line.heard, heard]).toEqual([[], up, down]);
    }),
    { numRuns: 200 },
  );
});
