// A picture or a document in the transcript.

import { FileText } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { sizeText } from "../../shared/files/picked";
import type { Entry, FileShown } from "../../shared/frames";
import { clock } from "../../shared/zone";
import type { Chat } from "../chat/chat";
import { Drawn, Icon } from "../Icon";
import { useTexts } from "../texts";
import { useFetched, useNear } from "./fetched";
import { showLarge } from "./Large";

/** The longest side of a picture in the transcript, in CSS pixels. */
const SIDE = 240;
/** A picture is never smaller than a finger. */
const LEAST = 44;

interface FileBubbleProps {
  entry: Entry;
  mine: boolean;
  first: boolean;
  last: boolean;
  delivered: boolean;
  /** Who sent it, in words. */
  who: string;
  chat: Chat;
}

/** A file of the transcript. */
export function FileBubble({ entry, mine, first, last, delivered, who, chat }: FileBubbleProps) {
  const { t } = useTexts();
  const { file } = entry;
  if (!file) return null;
  const shape = `${mine ? "mine" : "theirs"}${first ? " row-first" : ""}${last ? " row-last" : ""}`;
  return (
    // Whoever sent it has been told, and need not hear it again.
    <li class={`row row-${shape}`} aria-live={mine ? "off" : undefined}>
      {!mine && first && (
        <p class="bubble-who" aria-hidden="true">
          {who}
        </p>
      )}
      {file.type.startsWith("image/") ? (
        <Picture file={file} chat={chat} alt={t("file.alt", { who, time: clock(entry.at) })} />
      ) : (
        <Document file={file} chat={chat} who={who} />
      )}
      {mine && delivered && (
        <p class="status">
          <Icon name="check" size={14} />
          {t("status.delivered")}
        </p>
      )}
    </li>
  );
}

interface PictureProps {
  file: FileShown;
  chat: Chat;
  alt: string;
}

/** A picture, which a tap shows large. */
function Picture({ file: { id, width, height }, chat, alt }: PictureProps) {
  const { t } = useTexts();
  const { ref, near } = useNear<HTMLButtonElement>();
  const { file, again, broken } = useFetched(chat, id, near);
  const close = useRef(() => {});
  useEffect(() => () => close.current(), []);
  const size = shownSize(width ?? SIDE, height ?? SIDE);
  if (file.state === "failed") return <NotThere text={t("file.notLoaded")} onAgain={again} />;
  const url = file.state === "there" ? file.url : undefined;
  const large = () => {
    if (url !== undefined) close.current = showLarge({ url, alt, close: t("file.close") });
  };
  return (
    <button
      type="button"
      class="picture"
      ref={ref}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
      aria-haspopup="dialog"
      title={t("file.enlarge")}
      onClick={large}
    >
      {/* The address alone comes later, so that a screen reader says the line once. */}
      <img src={url} alt={alt} class={url === undefined ? "picture-waits" : ""} onError={broken} />
    </button>
  );
}

/** The size in the transcript. */
export function shownSize(width: number, height: number): { width: number; height: number } {
  const share = Math.min(1, SIDE / Math.max(width, height, 1));
  const side = (length: number) => Math.max(LEAST, Math.round(length * share));
  return { width: side(width), height: side(height) };
}

type Way = "open" | "save";

/** A document: fetched when the visitor wants it, because it may be large. */
function Document({ file: { id, name, bytes }, chat, who }: { file: FileShown; chat: Chat; who: string }) {
  const { t } = useTexts();
  const [way, setWay] = useState<Way | null>(null);
  const { file, again } = useFetched(chat, id, way !== null);
  const link = useRef<HTMLAnchorElement>(null);
  const url = file.state === "there" ? file.url : null;
  // The tap that asked for it is recent enough for a browser to open a window.
  useEffect(() => {
    if (url !== null) link.current?.click();
  }, [url]);
  const act = (each: Way) => {
    const text = t(`file.${each}`);
    const of = `${text} ${name}`;
    if (url === null) {
      return (
        <button
          type="button"
          class="button"
          aria-label={of}
          aria-busy={file.state === "loads"}
          onClick={() => (file.state === "failed" ? again() : setWay(each))}
        >
          {file.state === "loads" && way === each ? t("file.loads") : text}
        </button>
      );
    }
    const how = each === "open" ? { target: "_blank", rel: "noopener" } : { download: name };
    return (
      <a class="button" href={url} aria-label={of} {...how} {...(way === each && { ref: link })}>
        {text}
      </a>
    );
  };
  return (
    <div class="bubble document">
      <span class="sr-only">{t("log.says", { who })}</span>
      <Drawn node={FileText} size={28} />
      <p class="document-name">
        {name}
        <small>{sizeText(bytes)}</small>
      </p>
      <span class="document-acts">
        {act("open")}
        {act("save")}
      </span>
      {file.state === "failed" && (
        <p class="document-failed" role="alert">
          {t("file.documentNotLoaded")}
        </p>
      )}
    </div>
  );
}

function NotThere({ text, onAgain }: { text: string; onAgain(): void }) {
  const { t } = useTexts();
  return (
    <div class="bubble picture-failed" role="alert">
      <p>{text}</p>
      <button type="button" class="button" onClick={onAgain}>
        {t("file.retry")}
      </button>
    </div>
  );
}
