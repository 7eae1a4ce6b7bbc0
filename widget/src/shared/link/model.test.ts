// Tests the link against a model of the server, under random faults on both sides: at the end everything requested is
// stored once and in order, shown once and in order, and nothing is left unsent. FAULTS=full runs ten times as many
// cases.

import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { Entry, VisitorFrame, VisitorServerFrame } from "../frames";
import { CONVERSATION, FakeWorld, fakeStorage } from "./fakes";
import { Link } from "./link";
import { ModelServer } from "./modelServer";
import { Outbox } from "./outbox";
import { Reader } from "./reader";
import { newRef } from "./ref";

const RUNS = process.env.FAULTS === "full" ? 5_000 : 500;
const STEPS = 120;
/** Enough for the longest possible wait. */
const ROUNDS = 60;
const ROUND_MS = 2_000;

/** One tab, through its reloads. `shown`: the texts on its screen; `sent`: those it marks as delivered. */
class Tab {
  readonly store = fakeStorage();
  readonly asked: string[] = [];
  readonly faults: string[] = [];
  shown: Entry[] = [];
  link: Link<VisitorFrame, VisitorServerFrame>;

  constructor(
    private readonly world: FakeWorld,
    private readonly server: ModelServer,
  ) {
    this.link = this.load();
  }

  private load(): Link<VisitorFrame, VisitorServerFrame> {
    const link: Link<VisitorFrame, VisitorServerFrame> = new Link({
      url: "ws://chat/ws/visitor",
      hello: (resume) => ({
        type: "hello",
        version: 1,
        token: "t",
        client: { name: "w", version: "1" },
        resume,
      }),
      silenceMs: 40_000,
      store: this.store,
      world: this.world,
    });
    link.onFrame((frame) => {
      if (frame.type === "entry") this.shown.push(frame);
      if (frame.type === "entries") this.shown.push(...frame.entries);
    });
    link.onReset(() => {
      this.shown = [];
    });
    link.start();
    return link;
  }

  reload() {
    this.link.stop();
    this.shown = [];
    this.link = this.load();
  }

  write() {
    const body = `w${this.asked.length}`;
    const ref = newRef();
    this.asked.push(body);
    const frame = { type: "message.post", ref, conversation: CONVERSATION, body } as const;
    this.link.request(frame).then(
      () => {
        if (!this.server.entries.some((each) => each.ref === ref)) this.faults.push(`${body} called sent`);
      },
      () => this.faults.push(`${body} given up`),
    );
  }
}

type Step = (tab: Tab, server: ModelServer, world: FakeWorld) => void;

const STEPS_BY_NAME: Record<string, Step> = {
  write: (tab) => tab.write(),
  "others write": (_, server) => server.append(`a${server.entries.length}`),
  read: (_, server) => server.read(),
  commit: (_, server) => server.commit(),
  deliver: (_, server) => server.deliver(),
  "all arrives": (_, server) => server.settle(),
  "committed, dead before the answer": (_, server) => {
    server.commit(false);
    server.dies(1006);
  },
  "dead before the commit": (_, server) => server.dies(1006),
  restart: (_, server) => server.dies(1012),
  "the network falls silent": (_, server) => server.falls(),
  lost: (_, server) => server.close(1006),
  drained: (_, server) => server.close(4001),
  "no pong": (_, server) => server.close(4003),
  "too slow": (_, server) => server.close(4008),
  resync: (_, server) => server.close(4010),
  overloaded: (_, server) => server.close(4013, '{"retry_ms":3000}'),
  "too fast": (_, server) => server.close(4029, '{"retry_ms":1000}'),
  "a code of tomorrow": (_, server) => server.close(4321),
  "opened elsewhere, taken back": (tab, server) => {
    server.close(4503);
    tab.link.start();
  },
  down: (_, server) => {
    server.isDown = true;
  },
  up: (_, server) => {
    server.isDown = false;
  },
  "read only": (_, server) => {
    server.refusing = { code: "read_only", retry: "same" };
  },
  busy: (_, server) => {
    server.refusing = { code: "busy", retry: "later", retry_ms: 400 };
  },
  "stored in doubt": (_, server) => server.commitInDoubt(),
  "comes twice": (_, server) => server.double(),
  "comes in the wrong order": (_, server) => server.swap(),
  "an entry is lost": (_, server) => server.loseEntry(),
  "a page is lost": (_, server) => server.loseHistory(),
  "a frame of tomorrow": (_, server) => server.saysSomethingNew(),
  reload: (tab) => tab.reload(),
  wake: (_tab, _server, world) => world.wake(),
  "a moment": (_tab, _server, world) => world.pass(300),
  "some seconds": (_tab, _server, world) => world.pass(4_000),
  "a minute": (_tab, _server, world) => world.pass(60_000),
  sleep: (_tab, _server, world) => world.sleep(90_000),
};

/** Usual steps have more weight; otherwise no run would get far. */
const USUAL = [
  ...["write", "write", "others write", "read", "read", "commit", "commit", "deliver", "deliver", "deliver"],
  ...["all arrives", "a moment", "some seconds"],
];
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...USUAL) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(STEPS_BY_NAME)) },
);
const story = fc.tuple(fc.array(step, { maxLength: STEPS, size: "max" }), fc.integer());

async function tell([steps, seed]: [string[], number]): Promise<void> {
  const world = new FakeWorld();
  world.chance = drawn(seed);
  const server = new ModelServer(world);
  const tab = new Tab(world, server);
  for (const name of steps) {
    STEPS_BY_NAME[name]?.(tab, server, world);
    await Promise.resolve(); // lets promises settle, so that `sent` is checked at this moment
  }
  server.isDown = false;
  // A wake-up makes the link check: the last entry may have been lost on a quiet connection.
  for (let round = 0; round < ROUNDS; round++) {
    world.pass(ROUND_MS);
    if (round % 10 === 9) world.wake();
    server.settle();
  }
  await Promise.resolve();
  const stored = server.entries.map(({ body }) => body);
  expect(stored.filter((body) => body?.startsWith("w"))).toEqual(tab.asked);
  expect(tab.shown.map(({ body }) => body)).toEqual(stored);
  expect(tab.link.unaccepted()).toEqual([]);
  expect(tab.store.length).toBe(0);
  expect(tab.faults).toEqual([]);
  expect(tab.link.state).toBe("live");
}

/** Random numbers that repeat with their seed. */
function drawn(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

afterEach(() => vi.restoreAllMocks());

test("whatever happens, every request is stored once, in order, and shown once", { timeout: 600_000 }, () =>
  fc.assert(fc.asyncProperty(story, tell), { numRuns: RUNS }),
);

/** The private parts that a fault patches. */
interface Inside {
  live: boolean;
  queue: { frame: { ref: string }; lane: string | null }[];
  distrusted: boolean;
  cursors: Map<string, unknown>;
  on: { deliver(entries: readonly Entry[]): void };
  outbox: Outbox;
}

type Asked = { ref: string };
type Add = (inside: Inside, frame: Asked) => unknown;
type Part = typeof Outbox | typeof Reader | typeof Link;

/** Fails when the method does not exist: after a rename the patch would have no effect. */
function patch<All extends unknown[]>(
  part: Part,
  name: string,
  by: (inside: Inside, ...all: All) => unknown,
) {
  const methods = part.prototype as unknown as Record<string, (...all: unknown[]) => unknown>;
  const whole = methods[name];
  if (whole === undefined) throw new Error(`${part.name} has no ${name}`);
  vi.spyOn(methods, name).mockImplementation(function (this: unknown, ...all: unknown[]) {
    return by(this as Inside, ...(all as All));
  });
  return (inside: Inside, ...all: All) => whole.apply(inside, all);
}

/** Versions of the link, each with one promise removed. */
const BROKEN: Record<string, () => void> = {
  "sends nothing again": () => {
    patch(Outbox, "connected", (inside) => {
      inside.live = true;
    });
  },
  "sends again under another ref": () => {
    const connected = patch(Outbox, "connected", (inside) => {
      for (const { frame } of inside.queue) frame.ref = newRef();
      connected(inside);
    });
  },
  "takes a text for stored when it is sent": () => {
    const add: Add = patch(Outbox, "add", (inside, frame: Asked) => {
      const answer: unknown = add(inside, frame);
      if (inside.live) (inside as unknown as Outbox).answered({ ref: frame.ref });
      return answer;
    });
  },
  "sends the next text while one is told to wait": () => {
    const add: Add = patch(Outbox, "add", (inside, frame: Asked) => {
      const answer: unknown = add(inside, frame);
      for (const each of inside.queue) each.lane = each.frame.ref;
      return answer;
    });
  },
  "keeps nothing over a reload": () => {
    patch(Outbox, "mirror", () => {});
  },
  "gives up what cannot be stored": () => {
    patch(Outbox, "pause", () => null);
  },
  "shows what comes, as it comes": () => {
    patch(Reader, "take", (inside, entries: readonly Entry[]) => inside.on.deliver(entries));
  },
  "asks for nothing that is missing": () => {
    patch(Reader, "want", () => {});
  },
  "keeps on the screen what it was told to distrust": () => {
    patch(Reader, "letGo", (inside) => {
      inside.distrusted = false;
      inside.cursors.clear();
    });
  },
  "takes any frame with its ref for the answer": () => {
    const told = patch(Link, "told", (inside, frame: { ref?: string }) => {
      told(inside, frame);
      if (frame.ref !== undefined) inside.outbox.answered({ ref: frame.ref });
    });
  },
};

test.each(Object.keys(BROKEN))("a link that %s is detected", { timeout: 120_000 }, async (name) => {
  BROKEN[name]?.();
  const found = await fc.check(fc.asyncProperty(story, tell), { numRuns: 5_000, endOnFailure: true });
  expect(found.failed).toBe(true);
});
