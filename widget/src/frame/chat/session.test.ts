import { afterEach, expect, test, vi } from "vitest";
import type { HttpRefused } from "../../shared/frames";
import { FakeWorld, fakeStorage } from "../../shared/link/fakes";
import { endSession, Session } from "./session";

const TOO_MANY: HttpRefused = {
  error: { code: "rate_limited", retry: "later", details: { retry_ms: 90_000 } },
};

afterEach(() => vi.unstubAllGlobals());

/** A server that refuses the first request with 429. */
function refusesOnce(then: () => Response): void {
  let asked = 0;
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    return asked === 1 ? new Response(JSON.stringify(TOO_MANY), { status: 429 }) : then();
  });
}

/** The next time that somebody waits, in ms. */
function nextWait(world: FakeWorld): Promise<number> {
  const setTimer = world.setTimer;
  return new Promise((resolve) => {
    world.setTimer = (run, ms) => {
      const timer = setTimer(run, ms);
      resolve(ms);
      return timer;
    };
  });
}

test("a client that asked for too many tokens waits as long as the server says", async () => {
  refusesOnce(() => new Response(JSON.stringify({ token: "t", ends_at: 1 })));
  const world = new FakeWorld();
  const wait = nextWait(world);
  const begun = new Session(fakeStorage(), "demo", () => "zh", false, world).begin(() => undefined);
  expect(await wait).toBeGreaterThanOrEqual(90_000);
  world.pass(await wait);
  expect(await begun).toBe("t");
});

test("ending a token waits as long as the server says, too", async () => {
  refusesOnce(() => new Response(null, { status: 204 }));
  const world = new FakeWorld();
  const wait = nextWait(world);
  const ended = endSession("t", world);
  expect(await wait).toBeGreaterThanOrEqual(90_000);
  world.pass(await wait);
  await ended;
});
