// The texts of the chat in the chosen language. Chinese is always loaded and English is fetched on demand, except for
// the parts that come later: the build gives their chunks the texts that only they name, in both languages.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import zh from "../../texts/zh.po";
import { type Texts as AllTexts, Catalogue, type Language, type Params } from "../shared/catalogue";

const LANGUAGES = ["zh", "en"] as const;

export const catalogue = new Catalogue({ zh }, "zh");

/** Takes the texts of a part that comes later. The build writes the call into its chunk (scripts/textsByChunk.mjs). */
Object.assign(globalThis, {
  laterTexts(texts: Record<Language, AllTexts>) {
    for (const language of LANGUAGES) catalogue.add(language, texts[language]);
  },
});

/** Changes to `language`. Keeps the present one when the texts cannot be fetched. */
export async function speak(language: Language): Promise<Language> {
  try {
    if (language === "en") catalogue.add("en", (await import("../../texts/en.po")).default);
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
