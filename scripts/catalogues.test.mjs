import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mo } from "gettext-parser";
import { expect, test } from "vitest";
import { compiled, texts } from "./catalogues.mjs";

const header =
  'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n';

/** @param {string} entries */
function catalogue(entries) {
  const path = join(mkdtempSync(join(tmpdir(), "catalogue-")), "zh.po");
  writeFileSync(path, `${header}\n${entries}`);
  return path;
}

test("an entry becomes its translation", () => {
  expect(texts(catalogue('msgid "Send"\nmsgstr "发送"\n'))).toEqual({ Send: "发送" });
});

test("an entry with plural forms becomes all of them", () => {
  const path = catalogue(
    'msgid "{n} person"\nmsgid_plural "{n} people"\nmsgstr[0] "one"\nmsgstr[1] "many"\n',
  );
  expect(texts(path)).toEqual({ "{n} person": ["one", "many"] });
});

test("an entry with a context is refused, naming it", () => {
  expect(() => texts(catalogue('msgctxt "menu"\nmsgid "Open"\nmsgstr "开"\n'))).toThrow(
    /"Open" has a msgctxt/,
  );
});

test("the compiled catalogue holds the same texts", () => {
  const read = mo.parse(compiled(catalogue('msgid "Send"\nmsgstr "发送"\n')), "utf-8");
  expect(read.translations[""]?.Send?.msgstr).toEqual(["发送"]);
});
