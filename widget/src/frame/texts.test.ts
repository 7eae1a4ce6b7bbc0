import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import zh from "../../texts/zh.po";
import type { Standing } from "../shared/frames";
import { beginning, ending } from "./moments";
import { messageOffer, queueLine } from "./queue/Queue";
import { speak, textsIn } from "./texts";
import { dayAndClock } from "./transcript/dayAndClock";
import { sentence } from "./transcript/EventLine";

const LI = { name: "李雯", number: "012", title: "consultant" } as const;
const ZHANG = { name: "张敏", number: "027", title: "nurse" } as const;
const GROUPS = [{ id: "women", zh: "妇科组", en: "Women's health" }];
const chinese = textsIn("zh");

beforeEach(() => speak("zh"));

function waiting(ahead: number, wait_ms?: number): Standing {
  const standing = {
    type: "conversation",
    conversation: "c",
    state: "waiting",
    department: "d",
    ahead,
  } as const;
  return wait_ms === undefined ? standing : { ...standing, wait_ms };
}

test("the queue's line rounds the wait up and states nothing that is unknown", () => {
  expect(queueLine(waiting(2, 121_000), chinese)).toBe("您前面还有 2 位，预计等候约 3 分钟");
  expect(queueLine(waiting(2), chinese)).toBe("您前面还有 2 位");
  expect(queueLine(waiting(0), chinese)).toBe("马上就轮到您");
  expect(queueLine({ ...waiting(0), nobody: true }, chinese)).toBe(
    "现在没有咨询员在线，您的消息已收到，有人上线后会尽快回复您",
  );
});

test("nobody there, all busy, free and closed have four different sentences", () => {
  const told = (["free", "busy", "nobody", "closed"] as const).map((service) =>
    queueLine({ ...waiting(0), service }, chinese, "010-0000000"),
  );
  expect(new Set(told).size).toBe(4);
  expect(told.map((each) => each.includes("没有咨询员在线"))).toEqual([false, false, true, false]);
  expect(told.map((each) => each.includes("010-0000000"))).toEqual([false, false, true, true]);
  expect(queueLine({ ...waiting(2, 121_000), service: "busy" }, chinese)).toBe(
    "暂时没有空闲的咨询员，您前面还有 2 位，预计等候约 3 分钟",
  );
});

test("a place that has become worse comes with the reason", () => {
  const said = (rose: NonNullable<Standing["rose"]>) => queueLine({ ...waiting(3), rose }, chinese);
  expect(said("emergency")).toBe("有急症患者需要先接待，您前面现有 3 位");
  const all = (["emergency", "returned", "forward", "normal"] as const).map(said);
  expect(new Set(all).size).toBe(4);
  expect(queueLine({ ...waiting(3, 240_001), rose: "emergency" }, chinese)).toBe(
    "有急症患者需要先接待，您前面现有 3 位，预计等候约 5 分钟",
  );
});

test("a 留言 is offered first when the wait is long, closing time is near, or nobody serves", () => {
  expect(messageOffer(waiting(2), "", chinese)).toBe("");
  expect(messageOffer({ ...waiting(7), message_offered: true }, "", chinese)).toContain("等候的人较多");
  expect(messageOffer(waiting(2), "今天 24:00", chinese)).toBe(
    "今天 24:00 停止接待。您可以留言，也可以继续等。",
  );
  expect(messageOffer({ ...waiting(0), nobody: true }, "今天 24:00", chinese)).toContain("留言");
});

test("a chat that staff reopened names them, and one that the visitor continued says that it waits", () => {
  const reopened = (by?: typeof LI) =>
    sentence(by ? { name: "reopened", by } : { name: "reopened" }, null, GROUPS, chinese);
  expect(reopened(LI)).toBe("咨询员李雯重新接通了本次咨询，您可以继续提问");
  expect(reopened()).toBe("咨询已继续，正在为您安排咨询员");
});

test("the person's role is named", () => {
  const assigned = sentence({ name: "assigned", group: "women", consultant: LI }, null, GROUPS, chinese);
  expect(assigned).toBe("由咨询员李雯（工号012）为您服务。咨询员不是医生，不能诊断。");
});

test("a transfer names who answers now, and their group", () => {
  const transferred = sentence(
    { name: "transferred", consultant: LI, group: "women" },
    null,
    GROUPS,
    chinese,
  );
  expect(transferred).toBe("现由妇科组咨询员李雯为您服务，前面的内容已转给同事，您不用重复。");
});

test("a consultant who lost the connection and one who did not reply have different sentences", () => {
  const told = (reason: string) => sentence({ name: "returned_to_queue", reason }, null, GROUPS, chinese);
  expect(told("connection_lost")).toBe("咨询员网络中断，正在为您安排同事，您写的内容都在。");
  const reasons = ["connection_lost", "no_first_reply", "emergency", "released"];
  expect(new Set(reasons.map(told)).size).toBe(4);
  expect(told("of another year")).toBe(told("released"));
});

test("a colleague who joins is named together with the owner", () => {
  const told = (owner: typeof LI | null) =>
    sentence({ name: "colleague_joined", group: "women", consultant: ZHANG }, owner, GROUPS, chinese);
  expect(told(LI)).toBe("护士张敏（工号027）已加入，和咨询员李雯一起为您服务。");
  expect(told(null)).toBe("护士张敏（工号027）已加入，一起为您服务。");
  expect(sentence({ name: "colleague_left", consultant: ZHANG }, LI, GROUPS, chinese)).toBe(
    "护士张敏已离开本次咨询",
  );
});

test("closing time and a 留言 have ending sentences of their own", () => {
  const told = (reason: string, by = "system") =>
    sentence({ name: "closed", by, reason }, null, GROUPS, chinese);
  expect(told("closed_hours")).toContain("留言");
  expect(told("message_left", "visitor")).toBe("您已改为留言，不再排队");
  expect(told("idle")).toBe("本次咨询已自动结束");
});

test("events that visitors do not need are not shown", () => {
  expect(
    sentence({ name: "opened", department: "women", language: "zh", greeting: "" }, null, GROUPS, chinese),
  ).toBe("");
  expect(
    sentence(
      { name: "rung", consultant: LI, why: "", offer: "o", ends_at: 1, fence: 1 },
      null,
      GROUPS,
      chinese,
    ),
  ).toBe("");
});

test("days are named as people name them", () => {
  const now = new Date(2026, 10, 21, 10, 5).getTime();
  expect(dayAndClock(now, now, chinese)).toBe("今天 10:05");
  expect(dayAndClock(now - 86_400_000, now, chinese)).toBe("昨天 10:05");
  expect(dayAndClock(now - 3 * 86_400_000, now, chinese)).toBe("11月18日 10:05");
});

test("future times are named as people name them, and midnight is an end or a beginning", () => {
  const now = new Date(2026, 10, 21, 10, 5).getTime();
  const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
  const told = (day: number, hour: number, minute = 0) => beginning(at(day, hour, minute), now, chinese);
  const until = (day: number) => ending(at(day, 0), now, chinese);
  expect(told(21, 16)).toBe("今天 16:00");
  expect(told(22, 8, 10)).toBe("明天 8:10");
  expect(told(25, 10, 5)).toBe("11月25日 10:05");
  expect([told(22, 0), until(22), until(23)]).toEqual(["明天 0:00", "今天 24:00", "明天 24:00"]);
});

test.each([0, 1, 37_000, 59_999])(
  "the minute of midnight ends the day before it, also %i ms after it began",
  (ms) => {
    const now = new Date(2026, 10, 21, 23, 30).getTime();
    const midnight = new Date(2026, 10, 22).getTime();
    expect(ending(midnight + ms, now, chinese)).toBe("今天 24:00");
    expect(ending(midnight + 60_000 + ms, now, chinese)).toBe("明天 0:01");
  },
);

test("English is fetched on demand", async () => {
  expect(await speak("en")).toBe("en");
  expect(queueLine(waiting(1, 60_000), textsIn("en"))).toBe("1 person ahead of you, about 1 minute to wait");
});

test("every text that the code uses exists, and every text is used", () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));
  const code = sources.map((name) => readFileSync(join(folder, name), "utf-8")).join("\n");
  const asked = new Set(
    Array.from(code.matchAll(/"([a-z]+(?:\.[a-zA-Z0-9_]+)+)"/g), (found) => found[1] ?? ""),
  );
  const begun = Array.from(code.matchAll(/`([a-z]+(?:\.[a-zA-Z]+)*\.)\$\{/g), (found) => found[1] ?? "");
  const isAsked = (key: string) => asked.has(key) || begun.some((prefix) => key.startsWith(prefix));
  expect(Object.keys(zh).filter((key) => key !== "launcher.label" && !isAsked(key))).toEqual([]);
  const families = new Set(Object.keys(zh).map((key) => key.split(".")[0]));
  expect([...asked].filter((key) => families.has(key.split(".")[0]) && !(key in zh))).toEqual([]);
});
