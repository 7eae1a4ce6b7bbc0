import { expect, test } from "vitest";
import { Backoff } from "./backoff";

/** Makes a backoff whose random number is always `chance`. */
function losing(chance = 0.999) {
  let time = 0;
  const backoff = new Backoff(
    () => chance,
    () => time,
  );
  return { backoff, pass: (ms: number) => (time += ms) };
}

test("whatever the network and the server do, a server that is reachable for 15 s gets its client back", () => {
  // A storm: the server is killed every few seconds, and welcomes the client in between for a moment.
  const { backoff, pass } = losing();
  for (let kill = 0; kill < 50; kill++) {
    const { ms } = backoff.after(kill % 3 === 0 ? 1012 : 1006, "", kill % 2 === 0);
    // Leaves three seconds for the handshake and the hello.
    expect(ms).toBeLessThanOrEqual(12_000);
    pass(ms);
    if (kill % 2 === 0) backoff.connected();
    pass(8_000);
  }
});

test("the longest wait doubles up to twelve seconds", () => {
  const { backoff } = losing();
  const waits = Array.from({ length: 9 }, () => Math.round(backoff.after(1006, "").ms / 500));
  expect(waits).toEqual([1, 2, 4, 8, 16, 24, 24, 24, 24]);
});

test("the shortest wait is zero, however often the connection was lost", () => {
  const { backoff } = losing(0);
  expect(Array.from({ length: 9 }, () => backoff.after(1006, "").ms)).toEqual(Array(9).fill(0));
});

test("the waits start from the shortest again only after a connection that lasted", () => {
  const { backoff, pass } = losing();
  backoff.after(1006, "");
  backoff.connected();
  pass(29_000);
  expect(backoff.after(1006, "").ms).toBeGreaterThan(900);
  backoff.connected();
  pass(30_000);
  expect(backoff.after(1006, "").ms).toBeLessThan(500);
});

test.each([
  [1012, false, 5_000],
  [1006, true, 3_000],
  [1006, false, 500],
  [4003, false, 500],
])("after %i, died: %s, the first wait is drawn from 0 to %i ms", (code, died, longest) => {
  expect(losing(0).backoff.after(code, "", died).ms).toBe(0);
  expect(losing(0.5).backoff.after(code, "", died).ms).toBe(longest / 2);
});

test("the waits grow when a server stops again and again", () => {
  const { backoff } = losing();
  const waits = Array.from({ length: 6 }, () => Math.round(backoff.after(1012, "").ms / 1000));
  expect(waits).toEqual([5, 5, 5, 5, 8, 12]);
});

test("a drained client reconnects at once, but not in a loop", () => {
  const { backoff, pass } = losing();
  expect(backoff.after(4001, "")).toEqual({ ms: 0, least: 0 });
  backoff.connected();
  expect(backoff.after(4001, "").ms).toBeGreaterThan(900);
  backoff.connected();
  pass(30_000);
  expect(backoff.after(4001, "").ms).toBe(0);
});

test.each([4013, 4029])(
  "the time named with %i is a minimum, to which up to as much again is added",
  (code) => {
    const reason = '{"retry_ms":20000}';
    expect(losing(0).backoff.after(code, reason)).toEqual({ ms: 20_000, least: 20_000 });
    expect(losing(0.5).backoff.after(code, reason)).toEqual({ ms: 30_000, least: 20_000 });
  },
);

test.each(["", "{", "soon", '{"retry_ms":"x"}', '{"retry_ms":-1}', "[]"])(
  "a reason %j names no time",
  (reason) => {
    expect(losing(0.5).backoff.after(4013, reason)).toEqual({ ms: 250, least: 0 });
  },
);
