// Ctrl K: actions first, then what was seen last, then what the rooms find.
import { $, $$, el, icon, onClick } from "./dom.js";

const box = $("#palette");
const KEY = `shemei:recent:${document.body.dataset.workspace ?? ""}`;
let asking = null;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function remember() {
  const title = $("#main h1")?.textContent.trim();
  if (!title || !document.body.dataset.workspace) return;
  const here = { title, url: location.pathname };
  const rest = recent().filter((one) => one.url !== here.url);
  try {
    localStorage.setItem(KEY, JSON.stringify([here, ...rest].slice(0, 6)));
  } catch {
    return; // a full store must not break the page
  }
}

function recentGroup() {
  const seen = recent().filter((one) => one.url !== location.pathname && one.url.startsWith("/w/")).slice(0, 5);
  if (!seen.length) return "";
  const group = el("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "最近看过");
  const label = el("div", "s-menu__label", "最近看过");
  label.setAttribute("aria-hidden", "true");
  group.append(label);
  seen.forEach((one, at) => {
    const line = el("a", "s-menu__item");
    Object.assign(line, { href: one.url, id: `seen-${at}`, tabIndex: -1 });
    line.setAttribute("role", "option");
    line.append(icon("history"), el("span", "clip", one.title));
    group.append(line);
  });
  return group;
}

const options = () => $$("[role=option]", box);

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  $("#palette-q").setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

async function ask() {
  const input = $("#palette-q");
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const answer = await fetch(`${input.dataset.url}?q=${encodeURIComponent(input.value.trim())}`, { signal });
    const list = $("#palette-list");
    list.innerHTML = answer.ok ? await answer.text() : "";
    if (!answer.ok) list.append(el("p", "s-empty", "搜索没有得到回音，请再试一次。"));
    if (!input.value.trim()) list.children[0]?.after(recentGroup());
    $("#palette-count").textContent = `${options().length} 项`;
    choose(options()[0]);
  } catch (error) {
    if (error.name !== "AbortError") $("#palette-list").replaceChildren(el("p", "s-empty", "网络断了，恢复后再搜。"));
  }
}

function open() {
  if (!box || box.open) return;
  $("#palette-q").value = "";
  box.showModal();
  ask();
}

if (box) {
  onClick("[data-palette]", open);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  let timer = 0;
  $("#palette-q").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 140);
  });
  $("#palette-q").addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      choose(all[(at + step + all.length) % all.length]);
    }
    if (event.key === "Enter" && !event.isComposing && all[at]) all[at].click();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  remember();
}
