// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RefusedError } from "../../../../widget/src/shared/link/outbox";
import { Desk } from "../desk/desk";
import { FakeLink, row } from "../desk/testing";
import { syncDrafts } from "./draftSync";
import { keptMine, typed } from "./drafts";

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  link = new FakeLink();
  desk = new Desk(link.asLink);
  link.greet([row("a"), row("b")]);
  syncDrafts(desk);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const write = (body: string) => {
  desk.drafts.value = typed(desk.drafts.value, "a", "reply", body);
};
const saves = () => link.of("draft.save").map(({ frame }) => frame.body);

test("a draft is saved a second after the last key, not with every key", () => {
  write("您");
  vi.advanceTimersByTime(900);
  write("您好");
  vi.advanceTimersByTime(900);
  expect(saves()).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(saves()).toEqual(["您好"]);
});

test("turning to another conversation saves at once", () => {
  desk.select("a");
  write("您好");
  desk.select("b");
  expect(saves()).toEqual(["您好"]);
});

test("text written during a save is saved after the answer", async () => {
  write("您");
  vi.advanceTimersByTime(1_000);
  write("您好");
  link.of("draft.save")[0]?.resolve({ type: "accepted" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saves()).toEqual(["您", "您好"]);
});

test("a draft that the server could not store is saved later, and one that it refused is not", async () => {
  const refuse = (code: string, retry: "no" | "same") =>
    link
      .of("draft.save")
      .at(-1)
      ?.reject(new RefusedError({ type: "refused", code, retry }));
  write("您好");
  await vi.advanceTimersByTimeAsync(1_000);
  refuse("unavailable", "same");
  await vi.advanceTimersByTimeAsync(9_000);
  expect(saves()).toEqual(["您好"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saves()).toEqual(["您好", "您好"]);
  refuse("not_found", "no");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(saves()).toEqual(["您好", "您好"]);
});

test("a draft is saved with the version that this window knew", async () => {
  write("您");
  vi.advanceTimersByTime(1_000);
  link.of("draft.save")[0]?.resolve({ type: "accepted", at: 7 });
  await vi.advanceTimersByTimeAsync(0);
  write("您好");
  vi.advanceTimersByTime(1_000);
  expect(link.of("draft.save").map(({ frame }) => frame.after)).toEqual([0, 7]);
});

test("a draft that another window has changed is not saved before its writer has decided", async () => {
  write("这里写的");
  vi.advanceTimersByTime(1_000);
  link.hear({ type: "draft", conversation: "a", mode: "reply", body: "那边写的", at: 9 });
  link.of("draft.save")[0]?.reject(new RefusedError({ type: "refused", code: "draft_changed", retry: "no" }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(saves()).toEqual(["这里写的"]);
  desk.drafts.value = keptMine(desk.drafts.value, "a", "reply");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(link.of("draft.save").at(-1)?.frame).toMatchObject({ body: "这里写的", after: 9 });
});

test("without a connection a draft waits for the connection", () => {
  link.enter("away");
  write("您好");
  vi.advanceTimersByTime(5_000);
  expect(saves()).toEqual([]);
  link.enter("live");
  expect(saves()).toEqual(["您好"]);
});

test("a page that goes away without a connection saves its texts over HTTP", async () => {
  const asked = vi.fn(async (_path: string, _sent: RequestInit) =>
    Response.json({ conversation: "a", mode: "reply", body: "您好", at: 7 }),
  );
  vi.stubGlobal("fetch", asked);
  write("您好");
  link.enter("away");
  window.dispatchEvent(new Event("pagehide"));
  await vi.waitFor(() => expect(desk.drafts.value.get("a/reply")?.at).toBe(7));
  const [path, sent] = asked.mock.calls[0] ?? [];
  expect(path).toBe("/v1/staff/drafts/a/reply");
  expect(sent).toMatchObject({ method: "PUT", keepalive: true });
  expect(JSON.parse(String(sent?.body))).toEqual({ body: "您好", version: 0 });
  expect(saves()).toEqual([]);
});

test("a newer draft of another window is shown, and not replaced", async () => {
  const current = { conversation: "a", mode: "reply", body: "另一个窗口", at: 9 };
  const error = { code: "draft_changed", retry: "no", details: {} };
  vi.stubGlobal("fetch", async () => Response.json({ error, current }, { status: 409 }));
  write("您好");
  link.enter("away");
  window.dispatchEvent(new Event("pagehide"));
  await vi.waitFor(() => expect(desk.drafts.value.get("a/reply")?.torn).toBe(true));
  expect(desk.drafts.value.get("a/reply")).toMatchObject({ body: "您好", saved: "另一个窗口" });
});
