// What the visitor is asked before a call: the number, when to call, what may be said to whoever answers, and, if they
// like, a name and a topic.

import { useRef, useState } from "preact/hooks";
import type { ConsentSent } from "../../shared/frames";
import type { RefusedError } from "../../shared/link/outbox";
import { asSent, length } from "../../shared/messageText";
import type { Chat } from "../chat/chat";
import consents from "../consent/asked.json";
import { decisionOn } from "../consent/decided";
import { isHeld } from "../consent/holding";
import { SHOWN } from "../emergency/kinds";
import { fetchLookout } from "../emergency/words";
import { useLater } from "../later";
import { useTexts } from "../texts";
import {
  daysAt,
  type Fields,
  looksLikePhone,
  NAME_LENGTH,
  PARTS,
  PHONE_LENGTH,
  partsOfToday,
  TOPIC_LENGTH,
} from "./fields";

interface FormProps {
  chat: Chat;
  department: string;
  fields: Fields;
  /** Why the server refused what was sent before. */
  failure: RefusedError | null;
  onChange(by: Partial<Fields>): void;
  onClose(): void;
  /** `agreed`: what the visitor decided on health data for this request. */
  onNext(agreed: ConsentSent[]): void;
}

/** The form. */
export function Form({ chat, department, fields, failure, onChange, onClose, onNext }: FormProps) {
  const { t, language } = useTexts();
  const [tried, setTried] = useState(false);
  const [held, setHeld] = useState(false);
  const [refused, setRefused] = useState(false);
  const phoneBox = useRef<HTMLInputElement>(null);
  const topicBox = useRef<HTMLInputElement>(null);
  const found = useLater(fetchLookout, true);
  const emergencyIn = (text: string) => found?.emergencyIn(chat, text, department) ?? null;
  const isEmergency = (text: string) => emergencyIn(text) !== null;
  const kinds = fields.topic === "" ? [] : (emergencyIn(fields.topic)?.kinds ?? []);
  const crying = SHOWN.some((kind) => kinds.includes(kind));
  const refusal =
    failure?.code === "phone_invalid"
      ? t(failure.details.why === "kind" ? "leave.phoneKind" : "leave.phoneWrong")
      : "";
  const phoneWrong = tried && !looksLikePhone(fields.phone) ? t("call.phoneWrong") : refusal;
  const health = consents.health[language];
  const { notice } = chat.state;
  const next = () => {
    setTried(true);
    if (!looksLikePhone(fields.phone)) {
      phoneBox.current?.focus();
      return;
    }
    const text = asSent(fields.topic);
    const own = notice?.health_words ?? [];
    const decision = decisionOn(chat, "health");
    const lookout = found && isEmergency;
    // An earlier server does not know consent.
    if (notice && isHeld({ text, said: [], decision, own, lookout })) setHeld(true);
    else onNext([]);
  };
  const today = partsOfToday(chat.serverNow);
  return (
    <form
      class="call"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!held) next();
      }}
    >
      <div class="field">
        <label for="call-phone">{t("call.phone")}</label>
        <input
          id="call-phone"
          class="call-number"
          type="tel"
          ref={phoneBox}
          maxLength={PHONE_LENGTH}
          autocomplete="tel"
          value={fields.phone}
          aria-required="true"
          aria-invalid={phoneWrong !== ""}
          aria-describedby={phoneWrong === "" ? undefined : "call-phone-wrong"}
          onInput={(event) => onChange({ phone: event.currentTarget.value })}
        />
        {phoneWrong !== "" && (
          <p class="missing" id="call-phone-wrong" role="alert">
            {phoneWrong}
          </p>
        )}
      </div>
      <fieldset>
        <legend>{t("call.when")}</legend>
        <div class="chips">
          {daysAt(chat.serverNow).map((day) => (
            <label key={day} class="chip">
              <input
                type="radio"
                name="call-day"
                checked={fields.day === day}
                onChange={() => onChange({ day })}
              />
              <span>{t(`call.day.${day}`)}</span>
            </label>
          ))}
        </div>
        {fields.day !== "soonest" && (
          <div class="chips" role="radiogroup" aria-label={t("call.part")}>
            {PARTS.filter((part) => fields.day === "tomorrow" || today.includes(part)).map((part) => (
              <label key={part} class="chip">
                <input
                  type="radio"
                  name="call-part"
                  checked={fields.part === part}
                  onChange={() => onChange({ part })}
                />
                <span>{t(`call.part.${part}`)}</span>
              </label>
            ))}
          </div>
        )}
        <p class="hint">{t("call.whenHint")}</p>
      </fieldset>
      <label class="call-may">
        <input
          type="checkbox"
          checked={fields.mayName}
          onChange={(event) => onChange({ mayName: event.currentTarget.checked })}
        />
        <span>{t("call.mayName")}</span>
      </label>
      <p class="hint">{t("call.mayNameHint")}</p>
      <div class="field">
        <label for="call-name">{t("call.name")}</label>
        <input
          id="call-name"
          maxLength={NAME_LENGTH}
          autocomplete="name"
          value={fields.name}
          onInput={(event) => onChange({ name: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for="call-topic">{t("call.topic")}</label>
        <input
          id="call-topic"
          ref={topicBox}
          maxLength={TOPIC_LENGTH}
          value={fields.topic}
          aria-invalid={length(fields.topic) > TOPIC_LENGTH}
          onInput={(event) => {
            setHeld(false);
            setRefused(false);
            onChange({ topic: event.currentTarget.value });
          }}
        />
        {refused && (
          <p class="missing" role="alert">
            {t("call.reword")}
          </p>
        )}
      </div>
      {crying && (
        <p class="call-emergency" role="alert">
          {t("safety.line")} <a href="tel:120">{t("safety.call")}</a>
        </p>
      )}
      {held ? (
        <section class="call-health" role="alert">
          <p>{health.text}</p>
          <div class="dialog-actions">
            <button
              type="button"
              class="button"
              onClick={() => onNext([{ kind: "health", decision: "given", text: health.sha256 }])}
            >
              {t("agreeing.agree")}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                setHeld(false);
                setRefused(true);
                topicBox.current?.focus();
              }}
            >
              {t("agreeing.refuse")}
            </button>
          </div>
        </section>
      ) : (
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("more.close")}
          </button>
          <button type="submit" class="button button-primary">
            {t("call.next")}
          </button>
        </div>
      )}
    </form>
  );
}
