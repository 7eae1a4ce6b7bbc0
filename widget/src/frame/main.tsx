// The page in the iframe: starts the chat and draws it. The visitor's own choice of language, stored on his device,
// goes before the page's.

import { render } from "preact";
import { tellZone } from "../link/zone";
import "./style.css";
import { App } from "./App";
import { readBoot } from "./boot";
import { Chat } from "./chat";
import { Host } from "./host";
import { openStorage } from "./storage";
import { catalogue, speak } from "./texts";

const LANGUAGE_KEY = "hchat-language";

const boot = readBoot();
tellZone(boot.zone);
const storages = { local: openStorage("localStorage"), tab: openStorage("sessionStorage") };
const chosen = storages.local.storage.getItem(LANGUAGE_KEY);

const chat = new Chat(boot, storages, () => catalogue.language);
let begunAnew = false;
// Come back to from the next page by the browser's Back: there the chat went on, and what this tab keeps says how far.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !storages.tab.lasts) return;
  begunAnew = true;
  chat.leave();
  window.location.reload();
});
window.addEventListener("beforeunload", (event) => {
  if (!chat.unsent || begunAnew) return;
  event.preventDefault();
  event.returnValue = ""; // what Chromium before 119 asks for
});

void start();

async function start(): Promise<void> {
  const root = document.getElementById("app");
  if (root === null) throw new Error("the page has no place for the chat");
  await speak(chosen === "zh" || chosen === "en" ? chosen : boot.language);
  render(
    <App
      chat={chat}
      host={new Host(boot)}
      suggested={boot.department}
      onLanguage={(language) => storages.local.storage.setItem(LANGUAGE_KEY, language)}
    />,
    root,
  );
  await chat.start();
}
