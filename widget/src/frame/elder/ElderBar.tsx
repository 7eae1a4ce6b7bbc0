// Below what was said: calling instead of writing, and how to speak instead of typing. It scrolls with the words, so that
// the questions and the box keep their room.

import { tel } from "../../shared/phone";
import { Icon } from "../Icon";
import { isPhone } from "../surroundings";
import { useTexts } from "../texts";

interface ElderBarProps {
  /** The hospital's number; empty when it has none. */
  phone: string;
  /** Nothing was sent yet, so there is room for a hint. */
  fresh: boolean;
  onCall(): void;
}

/** The lines below the words in 长辈版. */
export function ElderBar({ phone, fresh, onCall }: ElderBarProps) {
  const { t } = useTexts();
  return (
    <div class="elder-bar">
      {phone !== "" && (
        <a class="button" href={tel(phone)}>
          <Icon name="phone" size={24} />
          {t("elder.call", { phone })}
        </a>
      )}
      <button type="button" class="button" onClick={onCall}>
        {t("call.title")}
      </button>
      {fresh && isPhone() && <p>{t("elder.speak")}</p>}
    </div>
  );
}
