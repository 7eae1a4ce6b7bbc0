// Above the box: the question about health data, what staff ask for, and what is true after a refusal.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConsentSent } from "../../shared/frames";
import { tel } from "../../shared/phone";
import type { Chat } from "../chat/chat";
import { useTexts } from "../texts";
import asked from "./asked.json";
import { decide, decisionOn } from "./decided";
import "./panel.css";

/** The buttons come where another one has just been clicked. The second click of a double click must decide nothing. */
const DEAF_MS = 500;

interface PanelProps {
  chat: Chat;
  /** A text waits in the box for the decision on health data. */
  held: boolean;
  /** It stays there, because the visitor has refused. */
  stays: boolean;
  /** Sends that text with this decision. */
  onSend(said: ConsentSent[]): void;
  /** The text stays in the box. */
  onStay(): void;
}

/** The most urgent question; nothing when there is none. */
export function Panel({ chat, held, stays, onSend, onStay }: PanelProps) {
  const { t, language } = useTexts();
  const { site, notice, standing } = chat.state;
  const open = (standing?.consents ?? []).find(
    ({ kind, decision }) => decision === "asked" && decisionOn(chat, kind) === "asked",
  );
  const [dismissed, setDismissed] = useState("");
  if (held) {
    return (
      <Question
        chat={chat}
        onGiven={(text) => onSend([{ kind: "health", decision: "given", text }])}
        onRefused={onStay}
      />
    );
  }
  if (open && (open.kind === "guardian" || open.kind === "behalf")) {
    const { kind } = open;
    const { text, sha256 } = asked[kind][language];
    return (
      <Card text={text}>
        <Choice onClick={() => decide(chat, kind, "given", sha256)}>{t(`agreeing.${kind}`)}</Choice>
        {kind === "guardian" && (
          <Choice onClick={() => decide(chat, kind, "refused", sha256)}>
            {t("agreeing.guardianRefuses")}
          </Choice>
        )}
      </Card>
    );
  }
  if (!stays || dismissed === chat.draft) return null;
  return (
    <div class="consent" role="status">
      <p>{t("agreeing.general")}</p>
      {site?.phone && (
        <p>
          {t("agreeing.phone")}
          {language === "zh" ? "" : " "}
          <a href={tel(site.phone)}>{site.phone}</a>
        </p>
      )}
      {notice?.address && <p>{t("agreeing.address", { address: notice.address })}</p>}
      <div class="consent-actions">
        <button type="button" class="button" onClick={() => setDismissed(chat.draft)}>
          {t("agreeing.dismiss")}
        </button>
      </div>
    </div>
  );
}

interface QuestionProps {
  chat: Chat;
  /** `text`: the hash of the text that was agreed to. */
  onGiven(text: string): void;
  onRefused(): void;
}

/** The question about health data. A refusal is recorded here; what the consent is for records the consent. */
export function Question({ chat, onGiven, onRefused }: QuestionProps) {
  const { t, language } = useTexts();
  const { text, sha256 } = asked.health[language];
  return (
    <Card text={text}>
      <Choice onClick={() => onGiven(sha256)}>{t("agreeing.agree")}</Choice>
      <Choice
        onClick={() => {
          decide(chat, "health", "refused", sha256);
          onRefused();
        }}
      >
        {t("agreeing.refuse")}
      </Choice>
    </Card>
  );
}

/** A question with its answers, none of which is chosen. It takes the focus, because it came between text and button. */
function Card({ text, children }: { text: string; children: ComponentChildren }) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement?.tagName === "TEXTAREA") return;
    card.current?.focus();
  }, [text]);
  return (
    <section class="consent" ref={card} tabIndex={-1} role="alert" aria-label={text}>
      <p>{text}</p>
      <div class="consent-actions">{children}</div>
    </section>
  );
}

/** One of the answers. */
function Choice({ onClick, children }: { onClick(): void; children: ComponentChildren }) {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), DEAF_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <button type="button" class="button" disabled={!ready} onClick={onClick}>
      {children}
    </button>
  );
}
