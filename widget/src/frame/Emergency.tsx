// What to do in an emergency, when the visitor's words sounded like one: said once for each kind, calmly, with the
// numbers to call. Never in the way: he can go on writing, and put it away.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Chat } from "./chat";
import { emergencies } from "./conversation";
import { Icon } from "./icons";
import { useTexts } from "./texts";

/** 全国统一心理援助热线 */
const MIND_PHONE = "12356";

export function Emergency({ chat: { state, kept, leaving } }: { chat: Chat }) {
  const { t } = useTexts();
  const [putAway, setPutAway] = useState(() => kept.putAway);
  const mark = (kind: string) => `${state.conversation} ${kind}`;
  const left = leaving.left?.emergency ?? null;
  const kinds = [...(left === null ? [] : [left]), ...emergencies(state)];
  const kind = kinds.find((each) => !putAway.includes(mark(each)));
  if (kind === undefined) return null;
  const close = () => {
    const next = [...putAway, mark(kind)];
    kept.putAway = next;
    setPutAway(next);
  };
  const { site, standing } = state;
  const comes = standing !== null && standing.state !== "closed" && !standing.nobody;
  return (
    <section class={`banner banner-${kind === "mind" ? "mind" : "body"}`} role="alert" key={kind}>
      {kind === "mind" ? (
        <>
          <p class="banner-text">
            <strong>{t("emergency.mind.lead")}</strong>{" "}
            {comes && t(standing.state === "active" ? "emergency.mind.here" : "emergency.mind.comes")}{" "}
            {t("emergency.mind.call")}
          </p>
          <Calls>
            <Call number={MIND_PHONE} label={t("emergency.mind.phone")} />
            <Call number="120" label={t("safety.call")} />
          </Calls>
        </>
      ) : (
        <>
          <p class="banner-text">
            <strong>{t("emergency.body.lead")}</strong> {t("emergency.body.call")}
          </p>
          <Calls>
            <Call number="120" label={t("safety.call")} />
            {site?.emergency_phone && (
              <Call number={site.emergency_phone} label={t("emergency.body.campus")} shown />
            )}
          </Calls>
        </>
      )}
      <button type="button" class="banner-close" onClick={close} aria-label={t("emergency.close")}>
        <Icon name="close" size={20} />
      </button>
    </section>
  );
}

function Calls({ children }: { children: ComponentChildren }) {
  return <p class="banner-calls">{children}</p>;
}

/** `shown`: the number is not known by heart, and stands after its name. */
function Call({ number, label, shown = false }: { number: string; label: string; shown?: boolean }) {
  return (
    <a class="button" href={`tel:${number.replace(/[^\d+]/g, "")}`}>
      <Icon name="phone" size={18} />
      {label}
      {shown && <span class="number">{number}</span>}
    </a>
  );
}
