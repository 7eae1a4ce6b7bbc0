import fc from "fast-check";
import { expect, test } from "vitest";
import type { Accepted, Entry, MessagePost, VisitorFrame, VisitorServerFrame } from "../frames";
import { CONVERSATION, entry, FakeServer, FakeWorld, fakeStorage } from "./fakes";
import { Link } from "./link";
import { RefusedError } from "./outbox";
import { newRef } from "./ref";

type VisitorLink = Link<VisitorFrame, VisitorServerFrame>;

function party(store: Storage | null = null, world = new FakeWorld(), server = new FakeServer(world)) {
  const link: VisitorLink = new Link({
    url: "ws://chat/ws/visitor",
    hello: (resume, instance) => ({
      type: "hello",
      version: 1,
      token: "t",
      client: { name: "w", version: "1" },
      resume,
      instance,
    }),
    silenceMs: 40_000,
    store,
    world,
  });
  const frames: VisitorServerFrame[] = [];
  let seen: Entry[] = [];
  link.onFrame((frame) => {
    frames.push(frame);
    if (frame.type === "entry") seen.push(frame);
    if (frame.type === "entries") seen.push(...frame.entries);
  });
  link.onReset(() => {
    seen = [];
  });
  const join = () => {
    link.start();
    world.pass(1);
    server.settle();
  };
  return { world, server, link, frames, join, seen: () => seen.map(({ body }) => body) };
}

/** Lets minutes pass while the server pings, so that silence does not cause a reconnect. */
function minutes(server: FakeServer, world: FakeWorld, count: number) {
  for (let second = 0; second < count * 60; second++) {
    server.settle();
    world.pass(1_000);
    server.say({ type: "ping", n: second });
  }
  server.settle();
}

function post(body: string): MessagePost {
  return { type: "message.post", ref: newRef(), conversation: CONVERSATION, body };
}

test("a welcomed link is live and knows the server's clock", () => {
  const { link, join, world } = party();
  join();
  expect(link.state).toBe("live");
  expect(link.serverNow()).toBe(world.now() + 5_000);
});

test("a text is answered, and its entry is delivered once", async () => {
  const { link, join, server, seen } = party();
  join();
  const answer = link.request<Accepted>(post("你好"));
  server.settle();
  expect((await answer).seq).toBe(1);
  expect(seen()).toEqual(["你好"]);
});

test("a text whose answer was lost is sent again with the same ref and stored once", async () => {
  const { link, join, server, world } = party();
  join();
  const answer = link.request<Accepted>(post("痛"));
  server.arrive();
  server.cut();
  expect(link.state).toBe("away");
  world.pass(2_000);
  server.settle();
  expect((await answer).repeat).toBe(true);
  expect(server.entries.map(({ body }) => body)).toEqual(["痛"]);
});

test("a later text waits while an earlier one of its conversation is asked to wait", async () => {
  const { link, join, server, world } = party();
  join();
  let refusals = 1;
  server.refuse = () => (refusals-- > 0 ? { code: "rate_limited", retry: "later", retry_ms: 900 } : null);
  const both = [link.request(post("一")), link.request(post("二"))];
  server.settle();
  expect(server.entries).toEqual([]);
  world.pass(1_500);
  server.settle();
  await Promise.all(both);
  expect(server.entries.map(({ body }) => body)).toEqual(["一", "二"]);
});

test("a final refusal is reported, and the next text is sent", async () => {
  const { link, join, server, frames } = party();
  join();
  server.refuse = ({ body }) => (body === "坏" ? { code: "text_invalid", retry: "no" } : null);
  const bad = link.request(post("坏"));
  const good = link.request<Accepted>(post("好"));
  server.settle();
  await expect(bad).rejects.toMatchObject({ code: "text_invalid", retry: "no" });
  await expect(bad).rejects.toBeInstanceOf(RefusedError);
  expect((await good).seq).toBe(1);
  expect(frames.filter(({ type }) => type === "refused")).toHaveLength(1);
});

test("a full queue is reported at once, so that the caller decides", async () => {
  const { link, join, server } = party();
  join();
  server.refuse = () => ({ code: "queue_full", retry: "later" });
  const full = link.request(post("一"));
  server.settle();
  await expect(full).rejects.toMatchObject({ code: "queue_full" });
});

test("while nothing can be stored, a text is retried at long intervals and is stored in the end", async () => {
  const { link, join, server, world } = party();
  join();
  server.refuse = () => ({ code: "read_only", retry: "same" });
  const words = post("二");
  const answer = link.request<Accepted>(words);
  minutes(server, world, 5);
  const tries = server.heard.filter((frame) => frame.type === "message.post");
  expect(new Set(tries.map(({ ref }) => ref))).toEqual(new Set([words.ref]));
  // As many as a visitor may write for a long time, and not more.
  expect(tries.length).toBeGreaterThan(30);
  expect(tries.length).toBeLessThan(60);
  expect(link.unaccepted()).toEqual([words]);
  server.refuse = () => null;
  minutes(server, world, 1);
  expect((await answer).repeat).toBe(false);
});

test("the trouble is reported until something was stored", () => {
  const { link, join, server, world } = party();
  join();
  const told: (string | null)[] = [];
  link.onTrouble((trouble) => told.push(trouble));
  server.refuse = () => ({ code: "unavailable", retry: "same" });
  void link.request(post("一"));
  minutes(server, world, 1);
  expect([link.trouble, told]).toEqual(["unavailable", ["unavailable"]]);
  server.append("a colleague on another node can");
  server.settle();
  expect(told).toEqual(["unavailable", null]);
  minutes(server, world, 1);
  server.refuse = () => null;
  minutes(server, world, 1);
  expect(told).toEqual(["unavailable", null, "unavailable", null]);
});

test("a trouble that no request meets any more ends by itself", async () => {
  const { link, join, server, world } = party();
  join();
  const end = { type: "conversation.close", ref: newRef(), conversation: CONVERSATION } as const;
  void link.request(end);
  server.say({ type: "refused", ref: end.ref, code: "unavailable", retry: "same" });
  server.settle();
  expect(link.trouble).toBe("unavailable");
  minutes(server, world, 2);
  expect(link.trouble).toBeNull();
});

test("an action that cannot be done fails after a minute, and so does one behind a text that waits", async () => {
  const { link, join, server, world } = party();
  join();
  server.refuse = () => ({ code: "unavailable", retry: "same" });
  void link.request(post("一"));
  const end = { type: "conversation.close", ref: newRef(), conversation: CONVERSATION } as const;
  const code = link.request(end).then(
    () => "done",
    (error: RefusedError) => error.code,
  );
  minutes(server, world, 2);
  expect(await code).toBe("unavailable");
  expect(link.unaccepted()).toHaveLength(1);
});

test("unaccepted texts survive a reload in order, and are removed once accepted", () => {
  const store = fakeStorage();
  const before = party(store);
  before.link.start();
  void before.link.request(post("一"));
  void before.link.request(post("二"));
  before.link.stop();
  const after = party(store, before.world, before.server);
  expect(after.link.unaccepted().map((frame) => "body" in frame && frame.body)).toEqual(["一", "二"]);
  after.join();
  expect(after.seen()).toEqual(["一", "二"]);
  expect(store.length).toBe(0);
});

test("after a restore of the database everything is delivered again from the beginning", () => {
  const { join, server, world, seen } = party();
  for (const body of ["一", "二", "三"]) server.append(body);
  join();
  server.restore(2);
  world.pass(30_000);
  server.settle();
  expect(seen()).toEqual(["一", "二"]);
});

test("the check after a wake-up finds a lost last entry", () => {
  const { join, server, world, seen } = party();
  join();
  server.entries.push({ ...server.append("一"), seq: 2, body: "二" });
  server.settle();
  expect(seen()).toEqual(["一"]);
  world.wake();
  server.settle();
  expect(seen()).toEqual(["一", "二"]);
});

test("a wake-up on a dead connection leads to a new one within seconds", () => {
  const { link, join, server, world } = party();
  join();
  world.wake();
  world.pass(3_000);
  expect(link.state).toBe("away");
  world.pass(1_000);
  server.settle();
  expect([link.state, server.connections]).toEqual(["live", 2]);
});

test("silence leads to a reconnect, and a ping prevents it", () => {
  const { link, join, server, world } = party();
  join();
  world.pass(39_000);
  server.say({ type: "ping", n: 7 });
  server.settle();
  expect(server.heard.at(-1)).toEqual({ type: "pong", n: 7 });
  world.pass(39_000);
  expect(link.state).toBe("live");
  world.pass(6_000);
  expect(link.state).not.toBe("live");
});

test.each([["is told so"], ["is not, by an older server"]])(
  "a reader without access, who %s, requests no page until they may read again",
  (how) => {
    const { server, join, world, seen } = party();
    join();
    for (const body of ["a", "b", "c"]) server.entries.push(entry(server.entries.length + 1, body));
    // Only the last entry arrives; the pages before it may not be read.
    server.readable = false;
    server.say(server.entries[2] as Entry);
    if (how === "is told so") {
      server.deliver();
      server.say({ type: "unfollowed", conversation: CONVERSATION, why: "given", last: 0 } as never);
    }
    server.settle();
    const asked = () => server.heard.filter(({ type }) => type === "history.get").length;
    const before = asked();
    for (let second = 0; second < 30; second++) {
      world.pass(1_000);
      server.say({ type: "ping", n: second });
      server.settle();
    }
    expect(asked()).toBe(before);
    server.readable = true;
    server.append("d");
    server.say({ type: "live", conversation: CONVERSATION, epoch: "e1", seq: 4 });
    server.settle();
    expect(seen()).toEqual(["a", "b", "c", "d"]);
  },
);

test("a request without an answer on a live connection is sent again under its ref and stored once", async () => {
  const { link, server, join, world } = party();
  join();
  const said = post("a");
  const accepted = link.request<Accepted>(said);
  // Only the answer is lost.
  server.arrive();
  server.lose("accepted");
  const posts = () => server.heard.filter(({ type }) => type === "message.post").length;
  for (let second = 0; second < 14; second++) {
    world.pass(1_000);
    server.say({ type: "ping", n: second });
    server.settle();
  }
  expect(posts()).toBe(1);
  world.pass(2_000);
  server.settle();
  expect((await accepted).repeat).toBe(true);
  expect([posts(), server.entries.length, server.connections]).toEqual([2, 1, 1]);
});

test("a machine that slept checks its connection", () => {
  const { join, server, world } = party();
  join();
  world.sleep(30_000);
  server.settle();
  expect(server.heard.at(-1)?.type).toBe("heads.get");
});

test.each([4500, 4503, 4510, 4511, 4401, 1000])("close code %i stops the link", (code) => {
  const { link, join, server, world } = party();
  join();
  server.cut(code);
  world.pass(600_000);
  expect([link.state, link.stoppedWith, server.connections]).toEqual(["stopped", code, 1]);
});

test("all connections of a page name the same instance, and another page names another one", () => {
  const [page, other] = [party(), party()];
  page.join();
  page.server.cut(4005);
  page.world.pass(6_000);
  page.server.settle();
  other.join();
  const told = [page, other].map(({ server }) =>
    server.heard.map((frame) => (frame.type === "hello" ? frame.instance : null)).filter(Boolean),
  );
  expect(told[0]).toHaveLength(2);
  expect(new Set(told[0]).size).toBe(1);
  expect(told[1]).not.toContain(told[0]?.[0]);
});

test.each([1006, 1012, 4001, 4003, 4005, 4008, 4010, 4013, 4199])(
  "after close code %i the link reconnects",
  (code) => {
    const { link, join, server, world } = party();
    join();
    server.cut(code);
    world.pass(6_000);
    server.settle();
    expect([link.state, server.connections]).toEqual(["live", 2]);
  },
);

test.each([4013, 4029])("a time that the server names with %i is kept, even on a wake-up", (code) => {
  const { link, join, server, world } = party();
  join();
  server.cut(code, '{"retry_ms":20000}');
  expect(link.retryAt).toBe(world.now() + 30_000);
  world.pass(19_999);
  world.wake();
  expect(server.connections).toBe(1);
  world.pass(1);
  world.wake(); // the time is over, so that a wake-up connects at once
  expect(server.connections).toBe(2);
});

test("after a plain loss a wake-up reconnects at once", () => {
  const { join, server, world } = party();
  join();
  server.cut();
  world.wake();
  expect(server.connections).toBe(2);
});

test("clients of a node that died spread over three seconds, and one that slept reconnects sooner", () => {
  const { link, join, server, world } = party();
  world.chance = () => 0.999;
  join();
  server.cut(1006);
  expect(Math.round(((link.retryAt ?? 0) - world.now()) / 100)).toBe(30);
  world.pass(3_001);
  server.settle();
  world.pass(30_000);
  world.wake();
  server.cut(1006);
  expect((link.retryAt ?? 0) - world.now()).toBeLessThan(1_000);
});

test("a drained client connects to another node at once", () => {
  const { link, join, server, world } = party();
  join();
  server.cut(4001);
  world.pass(1);
  server.settle();
  expect([link.state, server.connections]).toEqual(["live", 2]);
});

test("after the resync code it resumes nothing, keeps unsent texts, and delivers everything again", () => {
  const { link, join, server, world, seen } = party();
  for (const body of ["一", "二"]) server.append(body);
  join();
  void link.request(post("三"));
  server.cut(4010);
  expect(seen()).toEqual(["一", "二"]);
  world.pass(1_000);
  server.settle();
  const hellos = server.heard.filter((frame) => frame.type === "hello");
  expect(hellos.map(({ resume }) => resume)).toEqual([[], []]);
  expect(seen()).toEqual(["一", "二", "三"]);
});

test("unknown frames of a newer server are passed on or ignored, and answer nothing", async () => {
  const { link, join, server, frames, seen } = party();
  join();
  let answered = false;
  const words = post("在吗");
  void link.request(words).then(() => {
    answered = true;
  });
  for (const frame of [
    { type: "progress", ref: words.ref, share: 0.5 },
    { type: "toast" },
    { type: 7 },
    { type: "ping", n: 1, colour: "red" },
  ]) {
    server.say(frame as unknown as VisitorServerFrame);
  }
  while (server.deliver()) {}
  await Promise.resolve();
  expect(answered).toBe(false);
  expect(frames.map(({ type }) => type as string)).toContain("toast");
  server.append("新", undefined, { mood: "calm" });
  server.settle();
  await Promise.resolve();
  expect(answered).toBe(true);
  expect([link.state, seen()]).toEqual(["live", ["新", "在吗"]]);
});

test("after two failed handshakes the link asks the server by HTTP when to reconnect", async () => {
  const world = new FakeWorld();
  const { link } = party(null, world);
  world.accept = (events) => {
    world.setTimer(() => events.closed(1006, ""), 1);
    return { send: () => {}, close: () => {} };
  };
  world.readyMs = 25_000;
  link.start();
  world.pass(1_500);
  expect(world.readyAsked).toBe(1);
  await Promise.resolve();
  expect((link.retryAt ?? 0) - world.now()).toBeGreaterThan(20_000);
});

test("whatever the network does, texts arrive and entries are delivered once and in order", () => {
  const step = fc.constantFrom(
    "write",
    "append",
    "arrive",
    "deliver",
    "cut",
    "wait",
    "wake",
    "reload",
    "later",
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 99 }), (steps, seed) => {
      const store = fakeStorage();
      const world = new FakeWorld();
      const server = new FakeServer(world);
      let chance = seed;
      world.chance = () => {
        chance = (chance * 37 + 11) % 101;
        return chance / 101;
      };
      let refusing = 0;
      server.refuse = () => (refusing-- > 0 ? { code: "busy", retry: "later", retry_ms: 200 } : null);
      let here = party(store, world, server);
      here.link.start();
      const written: string[] = [];
      for (const [place, name] of steps.entries()) {
        if (name === "write") {
          written.push(`w${place}`);
          here.link.request(post(`w${place}`)).catch(() => {});
        }
        if (name === "append") server.append(`a${place}`);
        if (name === "arrive") server.arrive();
        if (name === "deliver") server.deliver();
        if (name === "cut") server.cut();
        if (name === "wait") world.pass(700);
        if (name === "wake") world.wake();
        if (name === "later") refusing = 1;
        if (name === "reload") {
          here.link.stop();
          here = party(store, world, server);
          here.link.start();
        }
      }
      for (let round = 0; round < 40; round++) {
        world.pass(2_000);
        server.settle();
      }
      const stored = server.entries.map(({ body }) => body);
      expect(stored.filter((body) => body?.startsWith("w"))).toEqual(written);
      expect(here.seen()).toEqual(stored);
      expect(here.link.unaccepted()).toEqual([]);
      expect(store.length).toBe(0);
    }),
    { numRuns: 300 },
  );
});
