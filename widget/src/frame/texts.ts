// The texts of the chat in the chosen language. Chinese is always loaded, except for the parts that come later, which
// bring their own texts in both languages. English is fetched on demand.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import zh from "../../texts/zh.po?but=rating,leave,left";
import { Catalogue, type Language, type Params } from "../shared/catalogue";

export const catalogue = new Catalogue({ zh }, "zh");

/** Changes to `language`. Keeps the present one when the texts cannot be fetched. */
export async function speak(language: Language): Promise<Language> {
  try {
    if (language === "en")
      catalogue.add("en", (await import("../../texts/en.po?but=rating,leave,left")).default);
    catalogue.language = language;
  } catch {
    // Offline: the button stays, so that the visitor can try again.
  }
  return catalogue.language;
}

export interface Texts {
  language: Language;
  t(key: string, params?: Params): string;
  /** The name of something that has one in each language. */
  named(thing: { zh: string; en: string } | null | undefined): string;
}

/** The texts in a language, as components use them. */
export function textsIn(language: Language): Texts {
  return {
    language,
    t: (key, params) => catalogue.t(key, params),
    named: (thing) => thing?.[language] ?? "",
  };
}

export const TextsContext = createContext<Texts>(textsIn("zh"));

/** The texts of the language that the chat is drawn in. */
export function useTexts(): Texts {
  return useContext(TextsContext);
}
