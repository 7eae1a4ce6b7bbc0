// The console's words, in the language chosen. Texts are in dashboard/texts; nothing is written here.

import { signal } from "@preact/signals";
import { Catalogue, type Language, type Params } from "../../../widget/src/shared/catalogue";
import type { Named, Person, Row } from "../../../widget/src/shared/frames";
import { spelledOut } from "../../../widget/src/shared/hiddenCharacters";
import en from "../../texts/en.po";
import zh from "../../texts/zh.po";

const catalogue = new Catalogue({ zh, en }, "zh");

/** A view that calls `t` follows it. */
export const language = signal<Language>("zh");

/** Changes the language in place; the server is told, so that its pages and the next start speak it too. */
export function changeLanguage(chosen: Language): void {
  language.value = chosen;
  // Nothing hangs on the answer: without it the choice lasts as long as this page.
  fetch(`/console?lang=${chosen}`, { credentials: "same-origin" }).catch(() => undefined);
}

export function t(key: string, params: Params = {}): string {
  catalogue.language = language.value;
  return catalogue.t(key, params);
}

/** Whether there is a text of this key. */
export function has(key: string): boolean {
  return t(key) !== key;
}

/** A group, department or site by the name of this language; its id where it is unknown. */
export function named(all: readonly Named[], id: string): string {
  const found = all.find((each) => each.id === id);
  if (found === undefined) return id;
  return language.value === "en" ? found.en : found.zh;
}

/** 访客2ftg9: the server's label, with the word for a visitor in this language. */
export function visitorName(row: Row): string {
  return visitorLabel(row.label);
}

/** The label that the server gave a visitor, in the language of the screen. */
export function visitorLabel(label: string): string {
  return t("console.visitor", { code: label.replace(/^访客\s*/, "") });
}

export function personName(person: Person): string {
  return t("person.named", { name: spelledOut(person.name), number: person.number });
}
