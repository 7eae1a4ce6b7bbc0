// The texts of the chat, in the language chosen. Chinese is always there, but for the parts that come later,
// which bring their own in both languages; English comes when it is asked for.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import zh from "../../texts/zh.po?but=rating,leave,left";
import { Catalogue, type Language, type Params } from "../shared/catalogue";

export const catalogue = new Catalogue({ zh }, "zh");

/** Goes over to `language`. Stays with the present one when its texts cannot be had, which is better than none. */
export async function speak(language: Language): Promise<Language> {
  try {
    if (language === "en")
      catalogue.add("en", (await import("../../texts/en.po?but=rating,leave,left")).default);
    catalogue.language = language;
  } catch {
    // Offline: the button is still there.
  }
  return catalogue.language;
}

export interface Texts {
  language: Language;
  t(key: string, params?: Params): string;
  /** The name of something that has one in each language. */
  named(thing: { zh: string; en: string } | null | undefined): string;
}

export function textsIn(language: Language): Texts {
  return {
    language,
    t: (key, params) => catalogue.t(key, params),
    named: (thing) => thing?.[language] ?? "",
  };
}

export const TextsContext = createContext<Texts>(textsIn("zh"));

export function useTexts(): Texts {
  return useContext(TextsContext);
}
