// The menu under my name: transcripts and sign-in locks for supervisors, language, keys, and sign-out.

import type { IconNode } from "lucide";
import { ArrowRightLeft, Bell, FileText, Keyboard, Languages, LockKeyhole, LogOut } from "lucide";
import { Icon } from "../../shared/Icon";
import { Menu } from "../../shared/Menu";
import { changeLanguage, language, t } from "../../shared/texts";
import { allowNotifications, canAskForNotifications } from "../alerts/alerts";
import { goOffDuty } from "../availability/goOffDuty";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/desk";
import type { OpenDialog } from "../desk/dialogs";

/** The menu of my account. */
export function AccountMenu() {
  const desk = useDesk();
  const me = desk.me.value;
  if (me === null) return null;
  return (
    <>
      {me.role === "supervisor" && (
        <a class="button status-link" href="/transcripts">
          <Icon of={FileText} small />
          {t("console.transcripts")}
        </a>
      )}
      <Menu
        label={t("console.account", { name: me.name })}
        shows={<span class="account-name">{me.name}</span>}
        class="account"
      >
        {(close) => <Items close={close} />}
      </Menu>
    </>
  );
}

function Items({ close }: { close: () => void }) {
  const desk = useDesk();
  const me = desk.me.value;
  if (me === null) return null;
  const other = language.value === "en" ? "zh" : "en";
  const then = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <>
      <p class="menu-title">
        {me.name} · {t("console.staff_number", { number: me.number })}
      </p>
      {me.role === "supervisor" && (
        <a class="menu-item only-snug" role="menuitem" href="/transcripts">
          <Icon of={FileText} small />
          {t("console.transcripts")}
        </a>
      )}
      {(me.role === "supervisor" || me.role === "group_leader") && (
        <a class="menu-item" role="menuitem" href="/locks">
          <Icon of={LockKeyhole} small />
          {t("console.locks")}
        </a>
      )}
      {canAskForNotifications.value && (
        <Item icon={Bell} text={t("console.notify.allow")} snug act={then(() => void allowNotifications())} />
      )}
      {desk.mine.value.length > 0 && (
        <Item
          icon={ArrowRightLeft}
          text={t("console.hand_over")}
          act={then(() => {
            desk.handed.value = [];
            ask(desk, { kind: "hand_over", to: null, reason: "" });
          })}
        />
      )}
      <Item
        icon={Languages}
        text={t("console.other_language")}
        lang={other}
        act={then(() => changeLanguage(other))}
      />
      <Item icon={Keyboard} text={t("console.keys")} act={then(() => ask(desk, { kind: "help" }))} />
      <Item icon={LogOut} text={t("console.sign_out")} act={then(() => goOffDuty(desk, "sign_out"))} />
    </>
  );
}

interface ItemProps {
  icon: IconNode;
  text: string;
  act: () => void;
  lang?: string;
  /** Shown only where the status bar has no room for it. */
  snug?: boolean;
}

function Item({ icon, text, act, lang, snug = false }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      class={snug ? "menu-item only-snug" : "menu-item"}
      lang={lang}
      onClick={act}
    >
      <Icon of={icon} small />
      {text}
    </button>
  );
}

function ask(desk: Desk, question: OpenDialog): void {
  desk.dialog.value = question;
}
