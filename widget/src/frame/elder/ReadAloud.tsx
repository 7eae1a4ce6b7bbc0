// 朗读: reads one message aloud, by tap only.

import { useEffect, useRef, useState } from "preact/hooks";
import { isPhone } from "../surroundings";
import { useTexts } from "../texts";
import { localVoice, onVoices, quiet, speak } from "./voice";

/** Whether the people around were mentioned on this page. */
let warned = false;

/** The button below a message. There is none on a device without a voice of its own. */
export function ReadAloud({ text }: { text: string }) {
  const { t, language } = useTexts();
  const [, draw] = useState(0);
  const [step, setStep] = useState<"ready" | "asks" | "speaks">("ready");
  useEffect(() => onVoices(() => draw((turn) => turn + 1)), []);
  const stop = useRef(() => {});
  const speaking = step === "speaks";
  // Only this message: another one may be read by now.
  useEffect(() => () => stop.current(), []);
  const voice = localVoice(language);
  if (voice === null) return null;
  const tapped = () => {
    if (speaking) {
      quiet();
    } else if (step === "ready" && !warned && !isPhone()) {
      setStep("asks");
    } else {
      warned ||= step === "asks";
      setStep("speaks");
      stop.current = speak(text, voice, () => setStep("ready"));
    }
  };
  return (
    <div class="read-aloud">
      {step === "asks" && <p role="alert">{t("elder.loud")}</p>}
      <button type="button" class="button" aria-pressed={speaking} onClick={tapped}>
        {t(speaking ? "elder.stop" : step === "asks" ? "elder.readAnyway" : "elder.read")}
      </button>
    </div>
  );
}
