// 这是您自己的设备吗？ Asked once, after an end or a 留言. Who says yes can go on for 30 days. Clearing this device takes it
// back.

import { useState } from "preact/hooks";
import { OWN_KEY } from "../door/person";
import { openStorage } from "../storage";
import { useTexts } from "../texts";

/** The question, unless it was answered before or nothing can be kept here. */
export function OwnDevice({ token }: { token: string | null }) {
  const { t } = useTexts();
  const [{ storage, lasts }] = useState(() => openStorage("localStorage"));
  const [said, setSaid] = useState("");
  if (said !== "") return <p role="status">{t(`own.said.${said}`)}</p>;
  if (!lasts || storage.getItem(OWN_KEY) !== null) return null;
  const answer = (is: "yes" | "no") => {
    try {
      storage.setItem(OWN_KEY, is);
    } catch {
      return; // the storage is full
    }
    setSaid(is);
    if (is === "yes" && token !== null) keep(token);
  };
  return (
    <fieldset style={{ marginTop: "12px" }}>
      <legend>{t("own.ask")}</legend>
      <p class="hint">{t("own.why")}</p>
      <div class="dialog-actions" style={{ marginTop: "8px" }}>
        <button type="button" class="button" onClick={() => answer("no")}>
          {t("own.no")}
        </button>
        <button type="button" class="button" onClick={() => answer("yes")}>
          {t("own.yes")}
        </button>
      </div>
    </fieldset>
  );
}

/** The present token lives longer, too. When that fails, or it has ended, the next one does. */
function keep(token: string): void {
  const headers = { authorization: `Bearer ${token}` };
  fetch("/v1/visitor/session", { method: "PUT", headers, cache: "no-store" }).catch(() => {});
}
