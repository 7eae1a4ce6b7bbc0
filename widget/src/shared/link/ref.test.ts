import { expect, test } from "vitest";
import { newRef } from "./ref";

test("a ref is a UUIDv7 of the present time, and all are different", () => {
  const refs = Array.from({ length: 100 }, newRef);
  for (const ref of refs)
    expect(ref).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt((refs[0] ?? "").replace("-", "").slice(0, 12), 16);
  expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
  expect(new Set(refs).size).toBe(100);
});
