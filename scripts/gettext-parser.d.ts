// What we use of gettext-parser, which brings no types of its own.
declare module "gettext-parser" {
  interface Entry {
    msgid: string;
    msgid_plural?: string;
    msgstr: string[];
  }
  interface Catalogue {
    charset: string;
    headers: Record<string, string>;
    translations: Record<string, Record<string, Entry>>;
  }
  export const po: { parse(source: string): Catalogue };
  export const mo: {
    compile(catalogue: Catalogue): Buffer;
    parse(source: Buffer, charset: string): Catalogue;
  };
}
