// 隐私与同意: what the visitor agreed to and when, and how to take it back with one tap.

import { useState } from "preact/hooks";
import type { Chat } from "../chat/chat";
import { useTexts } from "../texts";
import { dayAndClock } from "../transcript/dayAndClock";
import asked from "./asked.json";
import "./privacy.css";
import { decide, decisionOn } from "./decided";

/** The part of the dialog 更多. Nothing where the server knows no consent. */
export function Privacy({ chat }: { chat: Chat }) {
  const texts = useTexts();
  const { t, language, named } = texts;
  const { notice, standing } = chat.state;
  const [asks, setAsks] = useState("");
  if (notice === null) return null;
  // The server has not said yet when it took a decision that is under way.
  const consents = (standing?.consents ?? []).map((each) => {
    const decision = chat.messages.deciding.get(each.kind);
    return decision ? { ...each, decision, at: 0 } : each;
  });
  const behalf = decisionOn(chat, "behalf");
  return (
    <section class="privacy">
      <h3>{t("privacy.title")}</h3>
      <p class="hint">
        {named(notice)}{" "}
        {notice.link && (
          <a href={notice.link} target="_blank" rel="noopener">
            {t("privacy.whole")}
          </a>
        )}
      </p>
      {consents.length === 0 && <p>{t("privacy.none")}</p>}
      {consents.map(({ kind, decision, at }) => (
        <p key={kind} class="privacy-row">
          <span>
            {t(`privacy.${kind}`)} · {t(`privacy.${decision}`)}{" "}
            {at > 0 && dayAndClock(at, chat.serverNow, texts)}
          </span>
          {asks === kind && decision === "given" && <span class="privacy-means">{t("privacy.means")}</span>}
          {decision === "given" && kind !== "behalf" && (
            <button
              type="button"
              class="button"
              aria-label={t(asks === kind ? "privacy.withdrawYes" : "privacy.withdrawOf", {
                what: t(`privacy.${kind}`),
              })}
              onClick={() => (asks === kind ? decide(chat, kind, "withdrawn") : setAsks(kind))}
            >
              {t(asks === kind ? "privacy.withdrawYes" : "privacy.withdraw", { what: t(`privacy.${kind}`) })}
            </button>
          )}
        </p>
      ))}
      {behalf !== "given" && (
        <details>
          <summary>{t("privacy.forOther")}</summary>
          <p>{asked.behalf[language].text}</p>
          <button
            type="button"
            class="button"
            onClick={() => decide(chat, "behalf", "given", asked.behalf[language].sha256)}
          >
            {t("privacy.confirmed")}
          </button>
        </details>
      )}
    </section>
  );
}
