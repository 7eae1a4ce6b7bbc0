// Why a file was not sent, and what to do about it.

import type { Why } from "../../../../widget/src/shared/files/uploads";
import type { Row } from "../../../../widget/src/shared/frames";
import { refusalSentence } from "../../shared/refusalText";
import { t } from "../../shared/texts";

/** The reasons that concern files alone. The others have the sentences of all refusals. */
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
  "rate_limited",
  "unknown",
] as const;

/** Why the files of a conversation are locked. */
export function whyLocked(locked: NonNullable<Row["locked"]>): string {
  return t(`console.file.locked.${locked}`);
}

/** The sentence. */
export function whyNot({ code, seconds }: Why): string {
  if (REASONS.some((each) => each === code))
    return t(`console.file.why.${code}`, { n: Math.max(1, seconds) });
  return `${t("console.not_sent")}${refusalSentence({ code, details: {} })}`;
}
