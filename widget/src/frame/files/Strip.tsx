// What stands above the text box between picking a picture and its bubble: a last look, how far it is, what went wrong.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSaid } from "../../shared/files/said";
import { mayRetry, type Upload, type Uploads } from "../../shared/files/uploads";
import type { Chat } from "../chat/chat";
import { decide } from "../consent/decided";
import { fetchConsent } from "../consent/fetchConsent";
import { Icon } from "../Icon";
import { useLater } from "../later";
import { useTexts } from "../texts";
import { whyNot } from "./reasons";
import { useUploads } from "./visitorUploads";

interface StripProps {
  chat: Chat;
  /** Whether the text box is there. What is being sent goes on without it. */
  shown: boolean;
}

/** The strip, empty while nothing is picked. */
export function Strip({ chat, shown }: StripProps) {
  const { t } = useTexts();
  const uploads = useUploads(chat);
  const { entries } = chat.state;
  useEffect(() => uploads.arrived(new Set(entries.map(({ ref }) => ref ?? ""))), [entries.length]);
  // Somebody else may look at this screen next, or the conversation is over.
  useEffect(() => () => uploads.clear(), [uploads]);
  useUnloadWarning(uploads);
  const said = useSaid(uploads);
  const [refused, setRefused] = useState(false);
  const { items } = uploads;
  const chosen = items.filter(({ state }) => state === "chosen" || state === "preparing");
  const going = items.filter((each) => !chosen.includes(each));
  return (
    <>
      <p class="sr-only" role="status">
        {said > 0 && t("file.sent", { n: said })}
      </p>
      {shown && items.length > 0 && (
        <section class="files" aria-label={t("file.title")}>
          {going.length > 0 && (
            <ul class="files-going">
              {going.map((each) => (
                <Going key={each.ref} upload={each} uploads={uploads} phone={chat.state.site?.phone ?? ""} />
              ))}
            </ul>
          )}
          {chosen.length > 0 && (
            <Chosen chat={chat} chosen={chosen} uploads={uploads} onRefused={() => setRefused(true)} />
          )}
        </section>
      )}
      {shown && items.length === 0 && refused && (
        <section class="files" aria-label={t("file.title")}>
          <p class="files-state files-why" role="alert">
            {t("file.why.files_locked")}
          </p>
          <div class="files-actions">
            <button type="button" class="button" onClick={() => setRefused(false)}>
              {t("file.dismiss")}
            </button>
          </div>
        </section>
      )}
    </>
  );
}

interface ChosenProps {
  chat: Chat;
  chosen: Upload[];
  uploads: Uploads;
  /** The visitor does not agree that health data is used, so nothing is sent. */
  onRefused(): void;
}

/** A last look at what was picked. */
function Chosen({ chat, chosen, uploads, onRefused }: ChosenProps) {
  const { t } = useTexts();
  const Consent = useLater(fetchConsent, true);
  const [held, setHeld] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useFocusWhile(button);
  const n = chosen.length;
  if (held && Consent)
    return (
      <>
        <p class="files-hint">{t("file.mayShowHealth")}</p>
        <Consent.Question
          chat={chat}
          onGiven={(text) => {
            decide(chat, "health", "given", text);
            uploads.send();
          }}
          onRefused={() => {
            uploads.unchoose();
            onRefused();
          }}
        />
      </>
    );
  return (
    <>
      <p class="files-hint">{t("file.hint")}</p>
      <ul class="files-chosen">
        {chosen.map(({ ref, picture }, place) => (
          <li key={ref}>
            {picture === null ? (
              <span class="files-blank">{t("file.preparing")}</span>
            ) : (
              <img src={picture} alt={t("file.preview", { n: place + 1 })} />
            )}
            <button
              type="button"
              class="files-off"
              aria-label={t("file.remove", { n: place + 1 })}
              onClick={() => uploads.remove(ref)}
            >
              <Icon name="close" size={18} />
            </button>
          </li>
        ))}
      </ul>
      <div class="files-actions">
        <button type="button" class="button" onClick={() => uploads.unchoose()}>
          {t("file.cancel")}
        </button>
        <button
          type="button"
          class="button button-primary"
          ref={button}
          aria-disabled={chosen.some(({ state }) => state === "preparing")}
          onClick={() => {
            if (!chosen.every(({ state }) => state === "chosen")) return;
            if (Consent?.holdsPicture(chat, chat.state.standing?.department ?? "")) setHeld(true);
            else uploads.send();
          }}
        >
          {t("file.send", { n })}
        </button>
      </div>
    </>
  );
}

interface GoingProps {
  upload: Upload;
  uploads: Uploads;
  phone: string;
}

/** A picture on its way, or what went wrong with it. */
function Going({ upload, uploads, phone }: GoingProps) {
  const { t } = useTexts();
  const { ref, picture, state, share, why } = upload;
  const percent = Math.round(share * 100);
  return (
    <li>
      {picture !== null && <img src={picture} alt="" onError={hide} />}
      {why === null ? (
        <div class="files-state">
          <p>{t(state === "queued" ? "file.queued" : "file.sending", { percent })}</p>
          <div
            class="files-bar"
            role="progressbar"
            aria-label={t("file.progress")}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <i style={{ width: `${percent}%` }} />
          </div>
        </div>
      ) : (
        <p class="files-state files-why" role="alert">
          <Icon name="alert" size={16} />
          {whyNot(why, phone, t)}
        </p>
      )}
      <span class="files-actions">
        {mayRetry(upload) && (
          <button type="button" class="button" onClick={() => uploads.retry(ref)}>
            {t("file.retry")}
          </button>
        )}
        <button type="button" class="button" onClick={() => uploads.remove(ref)}>
          {t(why === null ? "file.stop" : "file.dismiss")}
        </button>
      </span>
    </li>
  );
}

/** A picture that this browser cannot draw. */
function hide({ currentTarget }: { currentTarget: HTMLElement }): void {
  currentTarget.hidden = true;
}

/** Gives the focus to the button as long as it is there, and afterwards back. */
function useFocusWhile(button: RefObject<HTMLButtonElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    button.current?.focus();
    return () => {
      // In the text box, a phone would open its keyboard over the picture.
      const isBox = before instanceof HTMLTextAreaElement && window.matchMedia("(pointer: coarse)").matches;
      const back = before instanceof HTMLElement && before !== document.body && !isBox ? before : null;
      (back?.isConnected ? back : document.querySelector<HTMLElement>(".attach"))?.focus();
    };
  }, []);
}

function useUnloadWarning(uploads: Uploads): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!uploads.isBusy) return;
      event.preventDefault();
      event.returnValue = ""; // needed by Chromium before 119
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [uploads]);
}
