// The banner of an emergency: what to do, in a calm tone, with the numbers to call, and honestly when nobody is there to
// read.

import type { ComponentChildren } from "preact";
import { tel } from "../../shared/phone";
import { isAlone } from "../chat/selectors";
import type { State } from "../chat/state";
import { Icon } from "../Icon";
import { useTexts } from "../texts";
import type { Kind } from "./kinds";

/** 全国统一心理援助热线 */
const MIND_PHONE = "12356";

interface BannerProps {
  kinds: Kind[];
  /** Nobody is there to read it. */
  alone: boolean;
  /** The words wait for the connection. */
  unsent: boolean;
  state: State;
  onClose(): void;
}

/** The banner of one or more kinds of emergency. */
export function Banner({ kinds, alone, unsent, state, onClose }: BannerProps) {
  const { t } = useTexts();
  return (
    <section class={`banner banner-${kinds[0]}`} role="alert" key={kinds.join()}>
      {kinds.map((kind, place) => (
        <Help
          key={kind}
          kind={kind}
          alone={kinds.length === 1}
          warns={place > 0 ? "" : unsent ? t("emergency.unsent") : alone ? t("emergency.alone") : ""}
          last={place === kinds.length - 1}
          state={state}
        />
      ))}
      <button type="button" class="banner-close" onClick={onClose} aria-label={t("emergency.close")}>
        <Icon name="close" size={20} />
      </button>
    </section>
  );
}

interface HelpProps {
  kind: Kind;
  /** This is the only banner, so no other one names 120. */
  alone: boolean;
  /** That nobody reads it now; empty where somebody does, or where it was said above. */
  warns: string;
  /** The chat's limits are stated once, after everything else. */
  last: boolean;
  state: State;
}

function Help({ kind, alone, warns, last, state: { site, standing } }: HelpProps) {
  const { t, language } = useTexts();
  // Chinese sentences follow each other without a space.
  const gap = language === "zh" ? "" : " ";
  // What to do comes first, then what not to wait for.
  const more = [warns, last ? t("safety.limits") : ""].filter(Boolean).map((each) => gap + each);
  if (kind === "mind") {
    const comes = standing !== null && standing.state !== "closed" && !isAlone(standing);
    return (
      <>
        <p class="banner-text">
          <strong>{t("emergency.mind.lead")}</strong>
          {comes && gap + t(standing.state === "active" ? "emergency.mind.here" : "emergency.mind.comes")}
          {gap}
          {t("emergency.mind.call")}
          {more}
        </p>
        <Calls>
          <Call number={MIND_PHONE} label={t("emergency.mind.phone")} />
          {alone && <Call number="120" label={t("safety.call")} />}
          <Call number="110" label={t("emergency.mind.police")} />
        </Calls>
      </>
    );
  }
  return (
    <>
      <p class="banner-text">
        <strong>{t("emergency.body.lead")}</strong>
        {gap}
        {t("emergency.body.call")}
        {more}
      </p>
      <Calls>
        <Call number="120" label={t("safety.call")} />
        {site?.emergency_phone && (
          <Call number={site.emergency_phone} label={t("emergency.body.campus")} shown />
        )}
      </Calls>
    </>
  );
}

function Calls({ children }: { children: ComponentChildren }) {
  return <p class="banner-calls">{children}</p>;
}

/** A link that calls a number. `shown`: people do not know the number by heart, so it is written after the name. */
function Call({ number, label, shown = false }: { number: string; label: string; shown?: boolean }) {
  return (
    <a class="button" href={tel(number)}>
      <Icon name="phone" size={18} />
      {/* One text element: with two, a label of two lines would leave a gap before its number. */}
      <span>
        {label}
        {shown && (
          <>
            {" "}
            <span class="number">{number}</span>
          </>
        )}
      </span>
    </a>
  );
}
