// All texts of the loader. The catalogue would be larger than the whole loader; a test compares both. Lists without
// names, because each name would be sent with every page of the hospital. Those of the panel are in `panelWords.ts`:
// both scripts are sent with every page, and neither carries the other's texts.

export const WORDS = {
  zh: ["在线咨询", "医院电话："],
  en: ["Chat with us", "Hospital: "],
} as const;

export type Language = keyof typeof WORDS;

/** Characters of the launcher's own text. A longer one would cover the page. */
export const LONGEST_TEXT = 12;
