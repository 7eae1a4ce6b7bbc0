// A picture or a document in the thread. Pictures of intimate departments stay blurred until somebody wants to see them.

import { Download, FileText, Lock } from "lucide";
import { useState } from "preact/hooks";
import { sizeText } from "../../../../widget/src/shared/files/picked";
import type { FileShown, Row } from "../../../../widget/src/shared/frames";
import { Dialog } from "../../shared/Dialog";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";
import { UserText } from "../../shared/UserText";
import { useDesk } from "../desk/context";
import { whyLocked } from "./whyNot";

/** The longest side of a picture in the thread, in CSS pixels. */
const SIDE = 240;
const LEAST = 44;

interface FileBubbleProps {
  file: FileShown;
  who: string;
  /** When it was sent, as the screen shows it. */
  time: string;
  /** Whether I sent it, so that I know what it shows. */
  mine: boolean;
  /** Why nobody of staff may see it. */
  locked: Row["locked"];
}

/** The bubble of a file. */
export function FileBubble({ file, who, time, mine, locked }: FileBubbleProps) {
  if (locked) {
    return (
      <div class="bubble document">
        <Icon of={Lock} small />
        <span class="document-name">{whyLocked(locked)}</span>
      </div>
    );
  }
  if (file.type.startsWith("image/"))
    return <Picture file={file} mine={mine} alt={t("console.file.alt", { who, time })} />;
  return (
    <div class="bubble document">
      <Icon of={FileText} />
      <span class="document-name">
        <UserText text={file.name} />
        <small>{sizeText(file.bytes)}</small>
      </span>
      <a
        class="button"
        href={addressOf(file)}
        download={file.name}
        aria-label={t("console.file.download_of", { name: file.name })}
      >
        <Icon of={Download} small />
        {t("console.file.download")}
      </a>
    </div>
  );
}

function Picture({ file, mine, alt }: { file: FileShown; mine: boolean; alt: string }) {
  const desk = useDesk();
  const [shown, setShown] = useState(!file.intimate || mine);
  const [tries, setTries] = useState(0);
  const [broken, setBroken] = useState(false);
  if (broken) {
    return (
      <div class="bubble picture-failed" role="alert">
        {t("console.file.not_loaded")}
        <button
          type="button"
          class="link"
          onClick={() => {
            setTries(tries + 1);
            setBroken(false);
          }}
        >
          {t("console.retry")}
        </button>
      </div>
    );
  }
  const large = () => {
    desk.dialog.value = { kind: "picture", url: addressOf(file), alt };
  };
  return (
    <button
      type="button"
      class={shown ? "picture" : "picture is-veiled"}
      style={shownSize(file)}
      aria-haspopup={shown ? "dialog" : undefined}
      title={shown ? t("console.file.enlarge") : undefined}
      onClick={shown ? large : () => setShown(true)}
    >
      <img key={tries} src={addressOf(file)} alt={alt} onError={() => setBroken(true)} />
      {!shown && <span class="picture-veil">{t("console.file.unveil")}</span>}
    </button>
  );
}

/** The picture over the whole console. */
export function PictureDialog({ url, alt, close }: { url: string; alt: string; close: () => void }) {
  return (
    <Dialog title={alt} close={close} fitting>
      <img class="picture-large" src={url} alt={alt} />
    </Dialog>
  );
}

function addressOf({ id }: FileShown): string {
  return `/v1/staff/files/${id}`;
}

function shownSize({ width, height }: FileShown): { width: string; height: string } {
  const share = Math.min(1, SIDE / Math.max(width || SIDE, height || SIDE));
  const side = (length: number) => `${Math.max(LEAST, Math.round((length || SIDE) * share))}px`;
  return { width: side(width), height: side(height) };
}
