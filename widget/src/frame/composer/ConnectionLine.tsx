// One line that says that the chat is not connected, and what to do. Empty while all is well.

import type { ComponentChildren } from "preact";
import type { Connection } from "../chat/connection";
import { useOnline, useReached } from "../hooks";
import { Icon } from "../Icon";
import { useTexts } from "../texts";

/** A shorter loss is not shown. */
const SHOW_AFTER_MS = 1_500;

interface ConnectionLineProps {
  connection: Connection;
  /** The server is reachable and cannot store anything. */
  troubled: boolean;
  /** It has never been connected. */
  first: boolean;
  phone: string;
  lasts: boolean;
  onRestart(): void;
}

/** The line about the connection, or nothing. */
export function ConnectionLine(props: ConnectionLineProps) {
  const { connection, troubled, first, phone, lasts, onRestart } = props;
  const { t } = useTexts();
  const online = useOnline();
  const late = useReached(connection.since + SHOW_AFTER_MS);
  const { state, stoppedWith } = connection;
  if (state === "stopped") return <Stopped code={stoppedWith} phone={phone} onRestart={onRestart} />;
  if (state === "live" && troubled) {
    return <Notice>{phone === "" ? t("link.troublePlain") : t("link.trouble", { phone })}</Notice>;
  }
  if (state === "live") return lasts ? null : <NoStorage />;
  if (!online) return <Notice>{t("link.offline")}</Notice>;
  return late ? <Notice>{t(first ? "link.connecting" : "link.away")}</Notice> : null;
}

function Stopped({ code, phone, onRestart }: { code: number | null; phone: string; onRestart(): void }) {
  const { t } = useTexts();
  if (code === 4511) {
    return (
      <Notice action={t("link.reloadDo")} onAction={() => window.location.reload()}>
        {t("link.reload")}
      </Notice>
    );
  }
  const elsewhere = code === 4503;
  const ended = phone === "" ? t("link.stoppedPlain") : t("link.stopped", { phone });
  return (
    <Notice action={t(elsewhere ? "link.here" : "link.again")} onAction={onRestart}>
      {elsewhere ? t("link.elsewhere") : ended}
    </Notice>
  );
}

function NoStorage() {
  const { t } = useTexts();
  const alone = new URL(window.location.href);
  alone.searchParams.delete("host");
  return (
    <Notice>
      {t("link.noStorage")}{" "}
      <a href={alone.href} target="_blank" rel="noopener">
        {t("link.standAlone")}
      </a>
    </Notice>
  );
}

interface NoticeProps {
  children: ComponentChildren;
  action?: string;
  onAction?(): void;
}

function Notice({ children, action, onAction }: NoticeProps) {
  return (
    <div class="notice" role="status">
      <Icon name="alert" size={18} />
      <p>{children}</p>
      {action !== undefined && (
        <button type="button" class="button" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  );
}
