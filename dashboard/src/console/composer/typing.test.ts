// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeLink } from "../desk/testing";
import { TypingSign } from "./typing";

let link: FakeLink;
let sign: TypingSign;
const told = () => link.told.map(({ conversation, on }) => `${conversation} ${on}`);

beforeEach(() => {
  vi.useFakeTimers();
  link = new FakeLink();
  sign = new TypingSign(link.asLink);
});

afterEach(() => {
  vi.useRealTimers();
});

test("continued writing is reported every three seconds, not with every key", () => {
  sign.on("a");
  sign.on("a");
  link.now += 3_000;
  sign.on("a");
  expect(told()).toEqual(["a true", "a true"]);
});

test("a pause of four seconds ends the sign", () => {
  sign.on("a");
  vi.advanceTimersByTime(4_000);
  expect(told()).toEqual(["a true", "a false"]);
});

test("turning to another conversation ends the sign in the first", () => {
  sign.on("a");
  sign.on("b");
  expect(told()).toEqual(["a true", "a false", "b true"]);
});

test("ending the sign twice sends one frame", () => {
  sign.on("a");
  sign.off();
  sign.off();
  expect(told()).toEqual(["a true", "a false"]);
});
