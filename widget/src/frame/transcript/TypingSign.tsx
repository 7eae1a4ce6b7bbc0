// Says that somebody is writing an answer.

import { useTexts } from "../texts";

/** The moving dots, with their text. */
export function TypingSign() {
  const { t } = useTexts();
  return (
    <p class="typing">
      <span class="typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t("log.typing")}
    </p>
  );
}
