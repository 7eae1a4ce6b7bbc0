// Who the visitor talks to, and the buttons for language, end and minimise. The emergency line belongs to the header,
// so that it is always visible.

import type { ComponentChildren } from "preact";
import type { SiteShown, Standing } from "../../shared/frames";
import { tel } from "../../shared/phone";
import { Icon } from "../Icon";
import { useTexts } from "../texts";

interface HeaderProps {
  site: SiteShown | null;
  standing: Standing | null;
  embedded: boolean;
  onLanguage(): void;
  onEnd(): void;
  onMinimise(): void;
  onQuit(): void;
  onMore?(): void;
  /** Who reads what the visitor writes. */
  children?: ComponentChildren;
}

/** The header of the chat. */
export function Header({
  site,
  standing,
  embedded,
  onLanguage,
  onEnd,
  onMinimise,
  onQuit,
  onMore,
  children,
}: HeaderProps) {
  const { t, named } = useTexts();
  const isOpen = standing !== null && standing.state !== "closed";
  return (
    <header class="header">
      <div class="header-row">
        <h1 class="header-title">{named(site) || t("header.lead")}</h1>
        <button
          type="button"
          class="header-button header-language"
          onClick={onLanguage}
          aria-label={t("header.languageHint")}
        >
          {t("header.language")}
        </button>
        {/* Shown instead of the line below when an on-screen keyboard leaves no room for it. */}
        <a class="header-button header-call" href={tel("120")} aria-label={t("safety.call")}>
          <Icon name="phone" size={18} />
          120
        </a>
        {isOpen && (
          <button
            type="button"
            class="header-button header-end"
            onClick={onEnd}
            aria-label={t("header.endHint")}
          >
            <Icon name="end" size={18} />
            {t("header.end")}
          </button>
        )}
        {embedded && (
          <button type="button" class="header-button" onClick={onMinimise} aria-label={t("header.minimise")}>
            <Icon name="minimise" size={24} />
          </button>
        )}
      </div>
      <div class="header-row">
        {children}
        {onMore && (
          <button type="button" class="header-button header-more" onClick={onMore}>
            {t("header.more")}
          </button>
        )}
        <button type="button" class="header-button" onClick={onQuit}>
          {t("header.quit")}
        </button>
      </div>
    </header>
  );
}

/** The permanent line about emergencies. */
export function Safety() {
  const { t } = useTexts();
  return (
    <aside class="safety">
      <Icon name="alert" size={18} />
      <p>{t("safety.line")}</p>
      <a class="safety-call" href={tel("120")} aria-label={t("safety.call")}>
        <Icon name="phone" size={18} />
        120
      </a>
    </aside>
  );
}
