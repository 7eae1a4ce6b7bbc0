// Some networks let no WebSocket through. After two connections on which nothing was received, although the server
// answers by HTTP, the same frames go by POST and long poll. The link above notices nothing.

import type { Readiness } from "../../shared/frames";
import type { Wire, WireEvents, World } from "../../shared/link/world";

/** WebSockets that received nothing, before polling is considered. */
const FAILED = 2;
/** How a WebSocket closes without a close frame. */
const LOST = 1006;
/** In the tab's storage, so that a reload polls at once. */
const MARK = "hchat-polls";

/** A world whose connections are WebSockets where these work, and otherwise requests. */
export function withPolling(world: World, store: Storage): World {
  let polls = store.getItem(MARK) !== null;
  let failed = 0;

  function choose(polling: boolean): void {
    polls = polling;
    if (polls) keep(store);
    else store.removeItem(MARK);
  }

  async function consider(url: string): Promise<void> {
    if (++failed < FAILED) return;
    const isReady = await ready(url);
    if (isReady && failed >= FAILED) choose(true);
  }

  function socket(url: string, events: WireEvents): Wire {
    let over = false;
    const useless = () => {
      if (!over) void consider(url);
      over = true;
    };
    const wire = world.connect(url, {
      opened: () => events.opened(),
      heard: (text) => {
        over = true;
        failed = 0;
        events.heard(text);
      },
      closed: (code, reason) => {
        if (code === LOST) useless();
        events.closed(code, reason);
      },
    });
    return {
      send: (text) => wire.send(text),
      close: (code) => {
        useless();
        wire.close(code);
      },
    };
  }

  /** The network may be another one after a loss, so a WebSocket is tried once before polling again. */
  function polled(events: WireEvents): Wire {
    return later({
      opened: () => events.opened(),
      heard: (text) => events.heard(text),
      closed: (code, reason) => {
        if (code === LOST) {
          choose(false);
          failed = FAILED - 1;
        }
        events.closed(code, reason);
      },
    });
  }

  return { ...world, connect: (url, events) => (polls ? polled(events) : socket(url, events)) };
}

/** A polled wire, as soon as its script is there. */
function later(events: WireEvents): Wire {
  let wire: Wire | null = null;
  let over = false;
  import("./pollWire").then(
    ({ pollWire }) => {
      if (!over) wire = pollWire(events);
    },
    () => over || events.closed(LOST, ""),
  );
  return {
    send: (text) => wire?.send(text),
    close: () => {
      over = true;
      wire?.close();
    },
  };
}

async function ready(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/ready", url.replace(/^ws/, "http")), { cache: "no-store" });
    return ((await answer.json()) as Partial<Readiness>).ready === true;
  } catch {
    return false;
  }
}

function keep(store: Storage): void {
  try {
    store.setItem(MARK, "1");
  } catch {
    // The storage is full: after a reload WebSockets are tried first.
  }
}
