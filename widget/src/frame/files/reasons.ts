// Why a picture was not sent, and what to do about it.

import type { Params } from "../../shared/catalogue";
import type { Why } from "../../shared/files/uploads";

/** All reasons that have a sentence of their own. */
export const REASONS = [
  "file_type",
  "file_too_large",
  "file_pixels",
  "file_count",
  "files_locked",
  "file_malware",
  "file_scan_unavailable",
  "file_storage",
  "at_once",
  "not_found",
  "conversation_closed",
  "rate_limited",
  "unknown",
] as const;

/** The sentence. */
export function whyNot(
  { code, seconds }: Why,
  phone: string,
  t: (key: string, params: Params) => string,
): string {
  const known = REASONS.some((each) => each === code);
  const said = t(`file.why.${known ? code : "other"}`, { n: Math.max(1, seconds) });
  const away = code === "file_storage" || code === "file_scan_unavailable";
  return away && phone !== "" ? `${said}${t("file.why.phone", { phone })}` : said;
}
