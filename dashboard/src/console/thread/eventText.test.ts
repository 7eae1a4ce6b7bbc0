import { afterEach, expect, test } from "vitest";
import examples from "../../../../widget/src/shared/eventText.examples.json";
import type { Author, Event, GroupShown } from "../../../../widget/src/shared/frames";
import { tellZone } from "../../../../widget/src/shared/zone";
import { language } from "../../shared/texts";
import { entry } from "../desk/testing";
import { eventSentence } from "./eventText";

const groups: GroupShown[] = [
  { id: "women", zh: "妇科组", en: "Women's health", mode: "automatic", mine: true },
  { id: "urology", zh: "泌尿组", en: "Urology group", mode: "automatic", mine: false },
];
const departments = [
  { id: "gynecology", zh: "妇科", en: "Gynaecology" },
  { id: "urology", zh: "泌尿外科", en: "Urology" },
];

function said(author: unknown, event: unknown): string {
  const line = { kind: "event", author: author as Author, event: event as Event } as const;
  return eventSentence(entry("c", 1, line), { groups, departments });
}

afterEach(() => {
  language.value = "zh";
});

tellZone("Asia/Shanghai");

// The pages' tests read the same examples (tests/web/test_event_text.py), and so do the visitor's (EventLine.test.ts).
test.each(examples)("the console's sentence of an event: $staff.zh", ({ author, event, staff, quote }) => {
  language.value = "zh";
  expect(said(author, event)).toBe(quote === undefined ? staff.zh : `${staff.zh}：${quote}`);
  language.value = "en";
  expect(said(author, event)).toBe(quote === undefined ? staff.en : `${staff.en}: ${quote}`);
});

test("an event of a newer server is shown by its name", () => {
  expect(said({ kind: "system" }, { name: "brand_new" })).toBe("brand_new");
});

test("a reason of a newer server leaves a sentence", () => {
  expect(said({ kind: "system" }, { name: "closed", by: "system", reason: "brand_new" })).toBe("会话已结束");
});
