// A gettext catalogue, made into a module by scripts/catalogues.mjs.
declare module "*.po" {
  /** msgid → msgstr, or → all plural forms where the entry has them. */
  const texts: Record<string, string | string[]>;
  export default texts;
}

/** The texts whose names begin with one of these words and a dot. */
declare module "*.po?only=rating" {
  export { default } from "*.po";
}
declare module "*.po?only=leave" {
  export { default } from "*.po";
}
declare module "*.po?only=left" {
  export { default } from "*.po";
}

/** All but those. */
declare module "*.po?but=rating,leave,left" {
  export { default } from "*.po";
}
