// 保存聊天记录: as a text file, or as pictures that are saved by a long press.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { State } from "../chat/state";
import { useTexts } from "../texts";
import { drawn } from "./picture";
import { asText, recordOf } from "./record";

/** What the visitor can save of this chat. */
export function Save({ state }: { state: State }) {
  const texts = useTexts();
  const { t, named } = texts;
  const [pictures, setPictures] = useState<string[]>([]);
  const title = t("save.heading", { name: named(state.site) });
  const said = useMemo(() => recordOf(state, texts), [state, texts]);
  const file = useMemo(
    () => URL.createObjectURL(new Blob([asText(title, said)], { type: "text/plain;charset=utf-8" })),
    [title, said],
  );
  useEffect(() => () => URL.revokeObjectURL(file), [file]);
  return (
    <div style={{ display: "grid", gap: "8px" }}>
      <p>{t("save.masked")}</p>
      <a class="button" href={file} download={`${t("save.name")}.txt`}>
        {t("save.file.text")}
      </a>
      <button type="button" class="button" onClick={() => setPictures(drawn(title, said))}>
        {t("save.picture")}
      </button>
      <div role="status">{pictures.length > 0 && <p>{t("save.hold")}</p>}</div>
      {pictures.map((picture, place) => (
        <img
          key={picture}
          src={picture}
          alt={t("save.pictureOf", { n: place + 1 })}
          style={{ width: "100%", border: "1px solid var(--line)" }}
        />
      ))}
    </div>
  );
}
