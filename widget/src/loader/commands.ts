// The page's own script speaks with the chat: `hchat.push(["open"])`. It learns that something happened, and never what was
// written.

import type { Api } from "./parts";

type Command = (...values: never[]) => unknown;
type Told = (...values: number[]) => void;

/**
 * The commands of `window.hchat`. `begin` carries out those that wait, and from then on every further one at once; each is
 * a function of `window.hchat`, too. `happens` tells the page of an event.
 */
export function commands(api: Api, does: Record<string, Command>) {
  const listeners: [string, Told][] = [];
  const on = (event: string, told: Told) => void listeners.push([event, told]);
  const all: Record<string, Command> = { ...does, on };
  const happens = (event: string, ...values: number[]) => {
    for (const [wanted, told] of listeners) {
      try {
        if (wanted === event) told(...values);
      } catch (error) {
        setTimeout(() => {
          throw error; // the page's own mistake, reported as such
        });
      }
    }
  };
  const begin = () => {
    Object.assign(api, all);
    api.push = ([name, ...values]) => {
      const known = Object.keys(all).includes(name);
      if (known) (all[name] as (...given: unknown[]) => unknown)(...values);
      // biome-ignore lint/suspicious/noConsole: it is meant for the people who embed the chat
      else console.error(`[hchat] there is no command "${name}"`);
    };
    for (const command of api.queue.splice(0)) api.push(command);
  };
  return { happens, begin };
}
