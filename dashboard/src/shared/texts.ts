// The console's texts in the chosen language. They are in dashboard/texts; this file contains none.

import { signal } from "@preact/signals";
import { Catalogue, type Language, type Params } from "../../../widget/src/shared/catalogue";
import type { Named, Person, Row } from "../../../widget/src/shared/frames";
import { spelledOut } from "../../../widget/src/shared/hiddenCharacters";
import en from "../../texts/en.po";
import zh from "../../texts/zh.po";

const catalogue = new Catalogue({ zh, en }, "zh");

/** A view that calls `t` is redrawn when it changes. */
export const language = signal<Language>("zh");

/** Changes the language in place and tells the server, so that its pages and the next start use it, too. */
export function changeLanguage(chosen: Language): void {
  language.value = chosen;
  // The answer does not matter: without it the choice lasts as long as this page.
  fetch(`/console?lang=${chosen}`, { credentials: "same-origin" }).catch(() => undefined);
}

/** The text of a key in the present language. */
export function t(key: string, params: Params = {}): string {
  catalogue.language = language.value;
  return catalogue.t(key, params);
}

/** Whether this key has a text. */
export function has(key: string): boolean {
  return t(key) !== key;
}

/** The name of a group, department or site in the present language; the id of an unknown one. */
export function named(all: readonly Named[], id: string): string {
  const found = all.find((each) => each.id === id);
  if (found === undefined) return id;
  return language.value === "en" ? found.en : found.zh;
}

/** The visitor's label from the server, such as 访客2ftg9, with the word for a visitor in the present language. */
export function visitorName(row: Row): string {
  return visitorLabel(row.label);
}

/** A label that the server gave a visitor, in the present language. */
export function visitorLabel(label: string): string {
  return t("console.visitor", { code: label.replace(/^访客\s*/, "") });
}

/** A person's name, with codes for hidden characters. */
export function personName(person: Person): string {
  return t("person.named", { name: spelledOut(person.name), number: person.number });
}
