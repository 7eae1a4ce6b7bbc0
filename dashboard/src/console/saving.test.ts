// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Console } from "./console";
import { typed } from "./drafts";
import { keepDrafts } from "./saving";
import { FakeLink, row } from "./testing";

let link: FakeLink;
let console: Console;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  link = new FakeLink();
  console = new Console(link.asLink);
  link.greet([row("a"), row("b")]);
  keepDrafts(console);
});

afterEach(() => {
  vi.useRealTimers();
});

const write = (body: string) => {
  console.drafts.value = typed(console.drafts.value, "a", "reply", body);
};
const saves = () => link.of("draft.save").map(({ frame }) => frame.body);

test("a draft is saved a second after the last key, not with every one", () => {
  write("您");
  vi.advanceTimersByTime(900);
  write("您好");
  vi.advanceTimersByTime(900);
  expect(saves()).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(saves()).toEqual(["您好"]);
});

test("turning to another conversation saves at once", () => {
  console.select("a");
  write("您好");
  console.select("b");
  expect(saves()).toEqual(["您好"]);
});

test("what was written meanwhile is saved after the answer", async () => {
  write("您");
  vi.advanceTimersByTime(1_000);
  write("您好");
  link.of("draft.save")[0]?.resolve({ type: "accepted" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saves()).toEqual(["您", "您好"]);
});

test("without a connection it waits for the connection", () => {
  link.enter("away");
  write("您好");
  vi.advanceTimersByTime(5_000);
  expect(saves()).toEqual([]);
  link.enter("live");
  expect(saves()).toEqual(["您好"]);
});
