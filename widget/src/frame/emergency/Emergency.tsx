// What to do in an emergency, shown when the visitor's words sounded like one: in a calm tone, with the numbers to
// call, and honestly when nobody is there to read. It is shown once for each kind, can be closed, and never blocks
// writing. It replaces the permanent emergency line, because two similar bars leave no room for the text on a phone.
//
// The server says what was recognised. For texts that it has not answered, the browser looks for the same words itself.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { emergencies, isAlone } from "../chat/selectors";
import type { State } from "../chat/state";
import { Safety } from "../header/Header";
import { Icon } from "../Icon";
import { useLater } from "../screenHooks";
import { useTexts } from "../texts";
import { fetchLookout } from "./words";

/** 全国统一心理援助热线 */
const MIND_PHONE = "12356";

/** Suspected abuse (`protect`) shows nothing, because a person beside the visitor would read it. */
const SHOWN = ["body", "mind"] as const;

type Kind = (typeof SHOWN)[number];

/** The banners of the emergencies in this chat. Self-harm that was done is of both kinds and shows both texts. */
export function Emergency({ chat }: { chat: Chat }) {
  const { state, tabStorage, offlineMessage, connection } = chat;
  const { t } = useTexts();
  const [closed, setClosed] = useState(() => tabStorage.putAway);
  const lookout = useLater(fetchLookout, state.site !== null);
  const mark = (kind: string) => `${state.conversation} ${kind}`;
  const left = offlineMessage.left?.emergency ?? null;
  const own = lookout?.unanswered(chat) ?? [];
  const noticed = [...(left === null ? [] : [left]), ...emergencies(state), ...own];
  const kinds = SHOWN.filter((kind) => noticed.includes(kind) && !closed.includes(mark(kind)));
  const putAway = (next: string[]) => {
    tabStorage.putAway = next;
    setClosed(next);
  };
  // What was closed before the first message had a conversation stays closed in it.
  useEffect(() => {
    if (state.conversation !== null)
      putAway(closed.map((each) => each.replace(/^null(?= )/, `${state.conversation}`)));
  }, [state.conversation]);
  if (kinds.length === 0) return <Safety />;
  const close = () => putAway([...closed, ...kinds.map(mark)]);
  const unsent = own.length > 0 && connection.state !== "live";
  const alone = unsent || left !== null || isAlone(state.standing);
  return (
    <section class={`banner banner-${kinds[0]}`} role="alert" key={kinds.join()}>
      {alone && <p class="banner-text banner-alone">{t("emergency.alone")}</p>}
      {kinds.map((kind, place) => (
        <Help
          key={kind}
          kind={kind}
          alone={kinds.length === 1}
          last={place === kinds.length - 1}
          state={state}
        />
      ))}
      <button type="button" class="banner-close" onClick={close} aria-label={t("emergency.close")}>
        <Icon name="close" size={20} />
      </button>
    </section>
  );
}

interface HelpProps {
  kind: Kind;
  /** This is the only banner, so no other one names 120. */
  alone: boolean;
  /** The chat's limits are stated once, after everything else. */
  last: boolean;
  state: State;
}

function Help({ kind, alone, last, state: { site, standing } }: HelpProps) {
  const { t } = useTexts();
  const limits = last && ` ${t("safety.limits")}`;
  if (kind === "mind") {
    const comes = standing !== null && standing.state !== "closed" && !isAlone(standing);
    return (
      <>
        <p class="banner-text">
          <strong>{t("emergency.mind.lead")}</strong>{" "}
          {comes && t(standing.state === "active" ? "emergency.mind.here" : "emergency.mind.comes")}{" "}
          {t("emergency.mind.call")}
          {limits}
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
        <strong>{t("emergency.body.lead")}</strong> {t("emergency.body.call")}
        {limits}
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
    <a class="button" href={`tel:${number.replace(/[^\d+]/g, "")}`}>
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
