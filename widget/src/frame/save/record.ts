// What a visitor saves of their chat: what both sides said, with personal numbers masked. Notes never reach the visitor,
// and are left out here, too.

import type { Author } from "../../shared/frames";
import { spelledOut } from "../../shared/hiddenCharacters";
import { clock, fullDayText } from "../../shared/zone";
import type { State } from "../chat/state";
import type { Texts } from "../texts";
import { maskedText } from "./masking";

export interface Said {
  who: string;
  /** Day and time. */
  when: string;
  text: string;
}

/** What was said, from the first message on. */
export function recordOf({ entries }: Pick<State, "entries">, texts: Texts): Said[] {
  const { t, language } = texts;
  return entries.flatMap(({ kind, author, at, body, file }) => {
    if (kind !== "message" && kind !== "file") return [];
    const text =
      kind === "file"
        ? t(file?.type === "application/pdf" ? "save.file" : "save.image", { name: file?.name ?? "" })
        : (body ?? "");
    const when = `${fullDayText(at, language)} ${clock(at)}`;
    return [{ who: whoOf(author, texts), when, text: maskedText(spelledOut(text)) }];
  });
}

/** The record as a text file, which old editors read as UTF-8 because of its first character. */
export function asText(title: string, said: Said[]): string {
  const lines = said.map(({ who, when, text }) => `${when} ${who}\n${text}\n`);
  return `\ufeff${[`${title}\n`, ...lines].join("\n")}`.replace(/\n/g, "\r\n");
}

function whoOf({ kind, person }: Author, { t }: Texts): string {
  if (kind === "visitor") return t("log.you");
  return person ? `${t(`title.${person.title}`)} ${spelledOut(person.name)}` : t("log.system");
}
