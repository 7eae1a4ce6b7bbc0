// 查询码: with it and four digits the visitor reads the answer later, on any device.

import { useEffect, useState } from "preact/hooks";
import { inAscii } from "../../shared/phone";
import { useTexts } from "../texts";
import { codeOf, grouped, makeCode, type Of } from "./makeCode";

const FOUR = /^\d{4}$/;

interface LookupCodeProps {
  token: string;
  of: Of;
  /** The last digits of the phone number, which open the answer; empty: the visitor chooses four. */
  ends: string;
  /** Whether to make the code at once, and not only when the visitor asks for it. */
  now: boolean;
  /** Whether the page for the answer has large letters, as 长辈版 has. */
  large?: boolean;
}

/** Shows the code, or what is needed to get one. */
export function LookupCode({ token, of, ends, now, large = false }: LookupCodeProps) {
  const { t } = useTexts();
  const [code, setCode] = useState(codeOf(token, of));
  const [own, setOwn] = useState("");
  const [state, setState] = useState<"" | "busy" | "failed">("");
  const make = async () => {
    setState("busy");
    const found = await makeCode(token, of, inAscii(own));
    setCode(found);
    setState(found === null ? "failed" : "");
  };
  useEffect(() => {
    if (now && code === null) void make();
  }, []);
  const box = {
    width: "100%",
    margin: "8px 0",
    padding: "12px",
    border: "1px solid var(--line)",
    borderRadius: "8px",
  };
  if (code !== null) {
    return (
      <div style={box}>
        <p>{t("code.title")}</p>
        <p style={{ fontSize: "24px", lineHeight: "36px", fontWeight: 600 }}>
          <output>{grouped(code)}</output>
        </p>
        <p class="hint">{ends === "" ? t("code.howOwn") : t("code.how", { ends })}</p>
        <Address />
        <div class="dialog-actions" style={{ marginTop: "8px" }}>
          <Copy code={code} />
          <a class="button" href={large ? "/answers?large=1" : "/answers"} target="_blank" rel="noopener">
            {t("code.open")}
          </a>
        </div>
      </div>
    );
  }
  return (
    <form
      style={box}
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== "busy" && (ends !== "" || FOUR.test(inAscii(own)))) void make();
      }}
    >
      <p>{t("code.why")}</p>
      <Address />
      {ends === "" && (
        <div class="field">
          <label for="code-own">{t("code.own")}</label>
          <input
            id="code-own"
            inputMode="numeric"
            maxLength={4}
            autocomplete="off"
            value={own}
            onInput={(event) => setOwn(event.currentTarget.value)}
          />
        </div>
      )}
      <p role="status">{state === "failed" && t("code.failed")}</p>
      <div class="dialog-actions" style={{ marginTop: "12px" }}>
        <button type="submit" class="button" disabled={state === "busy"}>
          {t("code.get")}
        </button>
      </div>
    </form>
  );
}

/** Where the code is entered, in words: it may be on another device. */
function Address() {
  const { t } = useTexts();
  const address = `${window.location.host}/answers`;
  return <p style={{ overflowWrap: "anywhere" }}>{t("code.where", { address })}</p>;
}

/** Copies by selecting the digits: frames of another origin may not use the clipboard directly. */
function Copy({ code }: { code: string }) {
  const { t } = useTexts();
  const [done, setDone] = useState(false);
  const copy = (button: HTMLElement) => {
    const box = document.createElement("textarea");
    box.value = code;
    box.setAttribute("readonly", "");
    document.body.append(box);
    box.select();
    setDone(document.execCommand("copy"));
    box.remove();
    // The box had the focus. Without it, the next Escape would close the whole chat.
    button.focus();
  };
  return (
    <button type="button" class="button" onClick={(event) => copy(event.currentTarget)}>
      {t(done ? "code.copied" : "code.copy")}
    </button>
  );
}
