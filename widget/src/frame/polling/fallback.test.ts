import { afterEach, expect, test, vi } from "vitest";
import { FakeWorld, fakeStorage } from "../../shared/link/fakes";
import type { WireEvents } from "../../shared/link/world";
import { withPolling } from "./fallback";

const URL_HERE = "ws://localhost/ws/visitor";

vi.mock("./pollWire", () => ({
  pollWire: (events: WireEvents) => {
    polled.push(events);
    return { send: () => {}, close: () => {} };
  },
}));

let polled: WireEvents[] = [];

afterEach(() => {
  polled = [];
  vi.unstubAllGlobals();
});

/** A network on which WebSockets end in this way, and a server whose `/ready` says this. */
function network(isReady: boolean | null, welcome = false, code = 1006) {
  const world = new FakeWorld();
  let sockets = 0;
  world.accept = (events) => {
    sockets += 1;
    void Promise.resolve().then(() => {
      if (welcome) events.heard("welcome");
      events.closed(code, "");
    });
    return { send: () => {}, close: () => {} };
  };
  vi.stubGlobal("fetch", async () => {
    if (isReady === null) throw new TypeError("unreachable");
    return new Response(JSON.stringify({ ready: isReady }), { status: isReady ? 200 : 503 });
  });
  const store = fakeStorage();
  const both = withPolling(world, store);
  const connect = async () => {
    both.connect(URL_HERE, { opened: () => {}, heard: () => {}, closed: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { connect, store, sockets: () => sockets, world };
}

test("two WebSockets that received nothing, and a server that answers: the third connection polls", async () => {
  const { connect, sockets } = network(true);
  for (let each = 0; each < 3; each++) await connect();
  expect([sockets(), polled.length]).toEqual([2, 1]);
});

test.each([
  ["a server that cannot be reached", network.bind(null, null)],
  ["a server that is not ready", network.bind(null, false)],
  ["a server that closes with a code", network.bind(null, true, false, 4013)],
  ["WebSockets that worked", network.bind(null, true, true)],
])("%s is no reason to poll", async (_what, make) => {
  const { connect } = make();
  for (let each = 0; each < 5; each++) await connect();
  expect(polled).toEqual([]);
});

test("a WebSocket that hangs counts when the link gives it up", async () => {
  const { connect, world } = network(true);
  world.accept = () => ({ send: () => {}, close: () => {} });
  const both = withPolling(world, fakeStorage());
  for (let each = 0; each < 2; each++) {
    both.connect(URL_HERE, { opened: () => {}, heard: () => {}, closed: () => {} }).close();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  both.connect(URL_HERE, { opened: () => {}, heard: () => {}, closed: () => {} });
  await vi.waitFor(() => expect(polled.length).toBe(1));
  await connect();
});

test("a reload polls at once; after a loss a WebSocket is tried once more", async () => {
  const { store, sockets, world, connect } = network(true);
  for (let each = 0; each < 3; each++) await connect();
  const reloaded = withPolling(world, store);
  reloaded.connect(URL_HERE, { opened: () => {}, heard: () => {}, closed: () => {} });
  await vi.waitFor(() => expect(polled.length).toBe(2));
  expect(sockets()).toBe(2);
  polled[1]?.closed(1006, "");
  reloaded.connect(URL_HERE, { opened: () => {}, heard: () => {}, closed: () => {} });
  expect(sockets()).toBe(3);
  await vi.waitFor(() => expect(store.getItem("hchat-polls")).toBe("1"));
});
