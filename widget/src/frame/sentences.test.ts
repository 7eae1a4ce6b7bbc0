import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import zh from "../../texts/zh.po";
import type { Standing } from "../link/frames";
import { sentence } from "./EventLine";
import { dayAndClock } from "./moments";
import { queueLine } from "./Queue";
import { speak, textsIn } from "./texts";

const LI = { name: "李雯", number: "012", title: "consultant" } as const;
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

test("the queue's line rounds the wait up and says nothing that is not known", () => {
  expect(queueLine(waiting(2, 121_000), chinese)).toBe("您前面还有 2 位,预计等候约 3 分钟");
  expect(queueLine(waiting(2), chinese)).toBe("您前面还有 2 位");
  expect(queueLine(waiting(0), chinese)).toBe("马上就轮到您");
  expect(queueLine({ ...waiting(0), nobody: true }, chinese)).toBe(
    "现在没有咨询员在线,有人上线后会马上回复您",
  );
});

test("the role is told for what it is", () => {
  const assigned = sentence({ name: "assigned", consultant: LI }, null, GROUPS, chinese);
  expect(assigned).toBe("由咨询员李雯(工号012)为您服务。咨询员不是医生,不能诊断。");
});

test("a transfer says who answers now, and from which group", () => {
  const transferred = sentence(
    { name: "transferred", consultant: LI, group: "women" },
    null,
    GROUPS,
    chinese,
  );
  expect(transferred).toBe("现由妇科组咨询员李雯为您服务,前面的内容已转给同事,您不用重复。");
});

test("a lost consultant and a late one are told apart", () => {
  const told = (reason: string) => sentence({ name: "returned_to_queue", reason }, null, GROUPS, chinese);
  expect(told("connection_lost")).toBe("咨询员网络中断,正在为您安排同事,您写的内容都在。");
  expect(told("no_first_reply")).not.toBe(told("connection_lost"));
});

test("what a visitor need not be told is not shown", () => {
  expect(sentence({ name: "opened" }, null, GROUPS, chinese)).toBe("");
  expect(sentence({ name: "rung" }, null, GROUPS, chinese)).toBe("");
});

test("days are named as people name them", () => {
  const now = new Date(2026, 10, 21, 10, 5).getTime();
  expect(dayAndClock(now, now, chinese)).toBe("今天 10:05");
  expect(dayAndClock(now - 86_400_000, now, chinese)).toBe("昨天 10:05");
  expect(dayAndClock(now - 3 * 86_400_000, now, chinese)).toBe("11月18日 10:05");
});

test("English is fetched when it is asked for", async () => {
  expect(await speak("en")).toBe("en");
  expect(queueLine(waiting(1, 60_000), textsIn("en"))).toBe("1 person ahead of you, about 1 minute to wait");
});

test("every text that is asked for is there, and every text that is there is asked for", () => {
  const folder = import.meta.dirname;
  const sources = readdirSync(folder).filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));
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
