// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { language } from "../../shared/texts";
import { Desk } from "../desk/desk";
import { FakeLink, li, row, wang } from "../desk/testing";
import { watchCalls } from "./calls";
import { play } from "./sound";

vi.mock("./sound", () => ({ play: vi.fn() }));

let link: FakeLink;
let desk: Desk;

beforeEach(() => {
  sessionStorage.clear();
  vi.mocked(play).mockClear();
  language.value = "zh";
  link = new FakeLink();
  desk = new Desk(link.asLink);
  watchCalls(desk);
});

const told = () => desk.notices.shown.value.map((notice) => [notice.kind, notice.text(), notice.about]);

test("a colleague's request for my help is announced with the question", () => {
  link.greet([]);
  const asked = row("b", {
    owner: wang,
    participants: [{ person: li, asked_for: "help", note: "请看检查单" }],
  });
  link.hear({ type: "conversations", version: 2, put: [asked] });
  expect(told()).toEqual([["info", "王建国 请您协助 访客b：请看检查单", "b"]]);
  expect(vi.mocked(play).mock.calls).toEqual([["transfer"]]);
});

test("the first list announces nothing", () => {
  link.greet([row("a", { emergency: "body" })]);
  expect(told()).toEqual([]);
  expect(play).not.toHaveBeenCalled();
});
