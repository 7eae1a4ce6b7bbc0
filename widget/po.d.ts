// A gettext catalogue, made into a module by scripts/catalogues.mjs.
declare module "*.po" {
  /** msgid → msgstr, or → all plural forms where the entry has them. */
  const texts: Record<string, string | string[]>;
  export default texts;
}
