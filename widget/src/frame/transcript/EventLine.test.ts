import { expect, test } from "vitest";
import examples from "../../shared/eventText.examples.json";
import type { Event } from "../../shared/frames";
import { tellZone } from "../../shared/zone";
import { speak, textsIn } from "../texts";
import { sentence } from "./EventLine";

const OWNER = { name: "李晓燕", number: "012", title: "consultant" } as const;
const GROUPS = [{ id: "women", zh: "妇科组", en: "Women's health" }];
const DEPARTMENTS = [{ id: "gynecology", zh: "妇科", en: "Gynaecology" }];
tellZone("Asia/Shanghai");

const seen = examples.flatMap(({ visitor, chat }) => (visitor && chat ? [{ event: visitor, chat }] : []));

// The console's tests (eventText.test.ts) and the pages' tests (tests/web/test_event_text.py) read the same examples.
test.each(seen)("the visitor's sentence for $event.name: $chat.zh", async ({ event, chat }) => {
  for (const language of ["zh", "en"] as const) {
    await speak(language);
    expect(sentence(event as Event, OWNER, GROUPS, textsIn(language), DEPARTMENTS)).toBe(chat[language]);
  }
});

test("an event has a sentence for visitors exactly when visitors are sent it", () => {
  expect(examples.filter(({ visitor, chat }) => (visitor === null) !== (chat === null))).toEqual([]);
});
