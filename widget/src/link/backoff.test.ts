import { expect, test } from "vitest";
import { Backoff } from "./backoff";

function losing() {
  let time = 0;
  const backoff = new Backoff(
    () => 0.999,
    () => time,
  );
  return { backoff, pass: (ms: number) => (time += ms) };
}

test("the longest wait doubles up to half a minute", () => {
  const { backoff } = losing();
  const waits = Array.from({ length: 9 }, () => Math.round(backoff.next() / 500));
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test("only a connection that stayed begins the waits anew", () => {
  const { backoff, pass } = losing();
  backoff.next();
  backoff.connected();
  pass(29_000);
  expect(Math.round(backoff.next())).toBeGreaterThan(900);
  backoff.connected();
  pass(30_000);
  expect(backoff.next()).toBeLessThan(500);
});
