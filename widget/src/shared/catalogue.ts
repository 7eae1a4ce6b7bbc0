// Texts by language. A key that is missing shows itself; a test keeps that from happening.

export type Language = "zh" | "en";
export type Texts = Record<string, string | string[]>;
export type Params = Record<string, string | number>;

export class Catalogue {
  constructor(
    private readonly all: Partial<Record<Language, Texts>>,
    public language: Language,
  ) {}

  /** Texts that came later. */
  add(language: Language, texts: Texts): void {
    this.all[language] = { ...this.all[language], ...texts };
  }

  /** The text of `key`, its `{name}`s filled in. Of several plural forms `n` chooses. */
  t(key: string, params: Params = {}): string {
    const text = this.all[this.language]?.[key] ?? key;
    const form = typeof text === "string" ? text : (text[this.form(text.length, params.n)] ?? key);
    // In one pass, so that a name that looks like a placeholder stays a name.
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  }

  /** Chinese has one form; English one for 1 and one for the rest. */
  private form(forms: number, n: string | number | undefined): number {
    return forms > 1 && n !== 1 ? 1 : 0;
  }
}
