// The word for a file where there is room for one line only.

import { t } from "../../shared/texts";

/** The line in the present language, if it is the server's word for a file; else as it is. */
export function fileWord(line: string): string {
  if (line === "[图片]") return t("console.file.picture");
  return line === "[文件]" ? t("console.file.document") : line;
}
