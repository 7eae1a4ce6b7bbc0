// The page in the iframe: starts the chat and draws it. The visitor's own choice of language, stored on their device,
// has priority over the page's.

import { render } from "preact";
import { tellZone } from "../shared/zone";
import "./style.css";
import { App } from "./App";
import { readBoot } from "./boot";
import { Door } from "./door/door";
import { fetchElder, wantsElder } from "./elder/mode";
import { Host } from "./host";
import { openStorage } from "./storage";
import { ofThisBrowser } from "./surroundings";
import { catalogue, speak } from "./texts";

const LANGUAGE_KEY = "hchat-language";

const boot = readBoot();
tellZone(boot.zone);
const storages = { local: openStorage("localStorage"), tab: openStorage("sessionStorage") };
const chosen = storages.local.storage.getItem(LANGUAGE_KEY);

const host = new Host(boot);
const door = new Door(
  boot,
  storages,
  () => catalogue.language,
  ofThisBrowser(boot.now, storages.tab.storage),
  (left) => host.until(left ? -1 : 0),
);
host.onToken = (token) => {
  // Somebody else may sit here by the time this has been fetched.
  const { chat } = door;
  import("./identity/identity").then(
    ({ identify }) => identify(door, host, door.chat === chat ? token : null),
    () => host.identified(false),
  );
};
let begunAnew = false;
// The browser may keep the page and show it to the next person who presses Back, so the chat is removed from it first.
window.addEventListener("pagehide", ({ persisted }) => {
  if (persisted) draw(false);
});
// The page is shown again from the browser's cache. The chat has gone on elsewhere; the tab's storage says how far.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  if (storages.tab.lasts) {
    begunAnew = true;
    door.chat?.leave();
    window.location.reload();
  } else {
    door.look();
    draw(true);
  }
});
window.addEventListener("beforeunload", (event) => {
  if (!door.chat?.unsent || begunAnew) return;
  event.preventDefault();
  event.returnValue = ""; // needed by Chromium before 119
});

void start();

async function start(): Promise<void> {
  if (!spacesFlexBoxes()) void import("./floor/gaps").then(({ spaceOut }) => spaceOut());
  // At /chat/SITE the server wrote a form into the page, for browsers without scripts.
  document.querySelector(".plain")?.remove();
  await speak(chosen === "zh" || chosen === "en" ? chosen : boot.language);
  // So that the first screen does not change its sizes. Without it the chat begins in the usual ones.
  if (wantsElder(storages.local.storage)) await fetchElder().catch(() => {});
  draw(true);
  door.start();
}

/** Whether the browser knows `gap` in flexible boxes. A style cannot ask for that. */
function spacesFlexBoxes(): boolean {
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "display:flex;flex-direction:column;row-gap:1px";
  box.append(document.createElement("i"), document.createElement("i"));
  const spaces = box.scrollHeight > 0;
  box.remove();
  return spaces;
}

function draw(shown: boolean): void {
  const root = document.getElementById("app");
  if (root === null) throw new Error("the page has no place for the chat");
  const store = (language: string) => storages.local.storage.setItem(LANGUAGE_KEY, language);
  const app = (
    <App
      door={door}
      host={host}
      suggested={boot.department}
      onLanguage={store}
      modeStore={storages.local.storage}
    />
  );
  render(shown ? app : null, root);
}
