// Above the text box: a last look at the files and at whom they go to, how far they are, and what went wrong.

import { CircleAlert, FileText, X } from "lucide";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { sizeText } from "../../../../widget/src/shared/files/picked";
import { useSaid } from "../../../../widget/src/shared/files/said";
import { mayRetry, type Upload, type Uploads } from "../../../../widget/src/shared/files/uploads";
import type { Row } from "../../../../widget/src/shared/frames";
import { Icon } from "../../shared/Icon";
import { t, visitorName } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { useUploads } from "./staffUploads";
import { whyNot } from "./whyNot";

/** The strip, empty while nothing is picked. `open`: whether files can be sent now. */
export function UploadStrip({ row, open }: { row: Row; open: boolean }) {
  const desk = useDesk();
  const uploads = useUploads(desk, row.id);
  const entries = desk.state.value.threads.get(row.id)?.entries ?? [];
  useEffect(() => uploads.arrived(new Set(entries.map(({ ref }) => ref ?? ""))), [entries.length]);
  const said = useSaid(uploads);
  const { items } = uploads;
  const chosen = items.filter(({ state }) => state === "chosen" || state === "preparing");
  const going = items.filter((each) => !chosen.includes(each));
  return (
    <>
      <p class="unseen" role="status">
        {said > 0 && t("console.file.sent", { n: said })}
      </p>
      {going.length > 0 && (
        <ul class="files-going">
          {going.map((each) => (
            <Going key={each.ref} upload={each} uploads={uploads} />
          ))}
        </ul>
      )}
      {open && chosen.length > 0 && <Chosen row={row} chosen={chosen} uploads={uploads} />}
    </>
  );
}

function Chosen({ row, chosen, uploads }: { row: Row; chosen: Upload[]; uploads: Uploads }) {
  const button = useRef<HTMLButtonElement>(null);
  const visitor = visitorName(row);
  useLayoutEffect(() => {
    const before = document.activeElement;
    button.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section class="files" aria-label={t("console.file.to", { visitor })}>
      <p class="files-to">
        <b>{t("console.file.to", { visitor })}</b> {t("console.file.check")}
      </p>
      <ul class="files-chosen">
        {chosen.map((each, place) => (
          <li key={each.ref}>
            <Preview upload={each} place={place + 1} />
            <button
              type="button"
              class="files-off"
              aria-label={t("console.file.remove", { n: place + 1 })}
              title={t("console.file.remove", { n: place + 1 })}
              onClick={() => uploads.remove(each.ref)}
            >
              <Icon of={X} small />
            </button>
          </li>
        ))}
      </ul>
      <p class="files-acts">
        <button type="button" class="button" onClick={() => uploads.unchoose()}>
          {t("console.cancel")}
        </button>
        <button
          type="button"
          class="button is-primary"
          ref={button}
          aria-disabled={chosen.some(({ state }) => state === "preparing")}
          onClick={() => {
            if (chosen.every(({ state }) => state === "chosen")) uploads.send();
          }}
        >
          {t("console.file.send", { visitor })}
        </button>
      </p>
    </section>
  );
}

function Preview({ upload, place }: { upload: Upload; place: number }) {
  const { state, picture, name, bytes } = upload;
  if (picture !== null) return <img src={picture} alt={t("console.file.preview", { n: place })} />;
  if (state === "preparing") return <span class="files-blank">{t("console.file.preparing")}</span>;
  return (
    <span class="files-blank is-document">
      <Icon of={FileText} />
      <UserText text={name} />
      <small>{sizeText(bytes)}</small>
    </span>
  );
}

function Going({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { ref, picture, name, state, share, why } = upload;
  const percent = Math.round(share * 100);
  return (
    <li>
      {picture === null ? <Icon of={FileText} /> : <img src={picture} alt="" />}
      {why === null ? (
        <span class="files-state">
          {picture === null && (
            <>
              <UserText text={name} />{" "}
            </>
          )}
          {t(state === "queued" ? "console.file.queued" : "console.file.sending", { percent })}
          <span
            class="files-bar"
            role="progressbar"
            aria-label={t("console.file.progress")}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <i style={{ width: `${percent}%` }} />
          </span>
        </span>
      ) : (
        <span class="files-state files-why" role="alert">
          <Icon of={CircleAlert} small />
          {whyNot(why)}
        </span>
      )}
      {mayRetry(upload) && (
        <button type="button" class="link" onClick={() => uploads.retry(ref)}>
          {t("console.retry")}
        </button>
      )}
      <button type="button" class="link" onClick={() => uploads.remove(ref)}>
        {t(why === null ? "console.file.stop" : "console.discard")}
      </button>
    </li>
  );
}
