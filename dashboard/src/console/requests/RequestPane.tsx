// The pane of 留言 and the pane of call-backs: open ones in the order in which they are due, then the settled ones.

import { ArrowLeft, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../../shared/Icon";
import { t } from "../../shared/texts";

/** The number shown at first, and added each time: after a night there may be hundreds. */
const PAGE = 50;

interface RequestPaneProps<Item> {
  title: string;
  /** What they are, in one sentence. */
  means: string;
  open: readonly Item[];
  settled: readonly Item[];
  /** The heading above the settled ones. */
  settledTitle: string;
  card: (item: Item) => ComponentChildren;
  /** What stands there while none is open. */
  empty: { icon: IconNode; title: string; means?: string };
  close: () => void;
  /** What stands above the list. */
  children?: ComponentChildren;
}

export function RequestPane<Item>(props: RequestPaneProps<Item>) {
  const { title, means, open, settled, settledTitle, card, empty, close, children } = props;
  const [pages, setPages] = useState(1);
  const room = pages * PAGE;
  const rest = Math.max(0, open.length + settled.length - room);
  return (
    <section class="thread offline" aria-label={title}>
      <header class="thread-head">
        <button
          type="button"
          class="button is-icon only-narrow"
          aria-label={t("console.back")}
          onClick={close}
        >
          <Icon of={ArrowLeft} />
        </button>
        <div class="thread-who">
          <h2>{title}</h2>
          <p>{means}</p>
        </div>
      </header>
      <div class="offline-list">
        {children}
        {open.length === 0 && (
          <div class="empty">
            <Icon of={empty.icon} />
            <p class="empty-title">{empty.title}</p>
            {empty.means && <p>{empty.means}</p>}
          </div>
        )}
        {open.slice(0, room).map(card)}
        {settled.length > 0 && open.length < room && <h3 class="offline-settled">{settledTitle}</h3>}
        {settled.slice(0, Math.max(0, room - open.length)).map(card)}
        {rest > 0 && (
          <button type="button" class="button offline-more" onClick={() => setPages(pages + 1)}>
            {t("console.offline.more", { n: Math.min(PAGE, rest), rest })}
          </button>
        )}
      </div>
    </section>
  );
}
