// The page's own script speaks with the chat: `hchat.push(["open"])`. It learns that something happened, and never what was
// written.

import type { Api } from "./parts";

type Command = (...values: never[]) => unknown;
type Told = (...values: number[]) => void;

const listeners: [string, Told][] = [];

/** Tells the page of an event, in a task of its own: a mistake in the page's function is reported as the page's. */
export function happens(event: string, ...values: number[]): void {
  for (const [wanted, told] of listeners) if (wanted === event) setTimeout(told, 0, ...values);
}

/**
 * Carries out the commands of `window.hchat` that wait, and from now on every further one at once; each is a function of
 * `window.hchat`, too.
 */
export function commands(api: Api, does: Record<string, Command>): void {
  const on = (event: string, told: Told) => void listeners.push([event, told]);
  // Without a prototype, so that `constructor` is no command.
  const all: Record<string, Command | undefined> = { __proto__: null as never, ...does, on };
  Object.assign(api, all);
  api.push = ([name, ...values]) => {
    const act = all[name] as ((...given: unknown[]) => unknown) | undefined;
    if (act) act(...values);
    // biome-ignore lint/suspicious/noConsole: it is meant for the people who embed the chat
    else console.error(`[hchat] there is no command "${name}"`);
  };
  for (const command of api.queue.splice(0)) api.push(command);
}
