// Texts by language. A missing key is shown as it is; a test makes sure that no key is missing.

export type Language = "zh" | "en";
export type Texts = Record<string, string | string[]>;
export type Params = Record<string, string | number>;

/** The texts of a page in one language. */
export class Catalogue {
  constructor(
    private readonly all: Partial<Record<Language, Texts>>,
    public language: Language,
  ) {}

  /** Adds texts that were loaded later. */
  add(language: Language, texts: Texts): void {
    this.all[language] = { ...this.all[language], ...texts };
  }

  /** The text of `key` with its `{name}` placeholders filled in. `n` chooses between plural forms. */
  t(key: string, params: Params = {}, language = this.language): string {
    const text = this.all[language]?.[key] ?? key;
    const form = typeof text === "string" ? text : (text[this.form(text.length, params.n)] ?? key);
    // All placeholders are replaced in one pass, so that a name that looks like a placeholder is shown as it is.
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  }

  /** Chinese has one form; English has one for 1 and one for all other numbers. */
  private form(forms: number, n: string | number | undefined): number {
    return forms > 1 && n !== 1 ? 1 : 0;
  }
}
