// The one entry: wires the frame and every component; charts are loaded only where a chart is.
import { $, $$, onClick, onContent, post, within } from "./dom.js";
import "./toasts.js";
import "./menus.js";
import "./finder.js";
import "./confirm.js";
import "./drawer.js";
import "./lists.js";
import "./forms.js";
import "./uploads.js";
import "./palette.js";
import "./waiting.js";
import "./spoken.js";

const root = document.documentElement;

function look(theme) {
  root.dataset.theme = theme;
  for (const one of $$("[data-theme-set]")) {
    one.setAttribute("aria-checked", String(one.dataset.themeSet === theme));
  }
  document.cookie = `s_theme=${theme};path=/;max-age=31536000;samesite=lax`;
  if (document.body.dataset.themeUrl) post(document.body.dataset.themeUrl, { theme });
}

onClick("[data-theme-toggle]", () => {
  look(root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
});
onClick("[data-theme-set]", (choice) => look(choice.dataset.themeSet));

// A row that is too long for the screen begins where its chosen item is seen.
onContent((root) => {
  for (const chosen of within(root, ".s-tabs > [aria-current], .s-seg > [aria-current]")) {
    const row = chosen.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
  }
});

function navigation(open) {
  document.body.classList.toggle("nav-open", open);
  for (const one of $$("[data-nav-toggle]")) one.setAttribute("aria-expanded", String(open));
  if (open) $("#nav a, #nav button")?.focus();
}

onClick("[data-nav-toggle]", () => navigation(!document.body.classList.contains("nav-open")));
document.addEventListener("click", (event) => {
  if (event.target === document.body) navigation(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("nav-open")) return;
  navigation(false);
  $("[data-nav-toggle]")?.focus();
});

// Tabs inside a page: arrow keys move, one panel shows.
function choose(tab) {
  for (const other of $$("[role=tab]", tab.closest("[role=tablist]"))) {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    const pane = document.getElementById(other.getAttribute("aria-controls"));
    if (pane) pane.hidden = !on;
  }
}
onClick("[role=tab][aria-controls]", choose);
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const all = $$("[role=tab]", tab.closest("[role=tablist]"));
  const next = all[(all.indexOf(tab) + step + all.length) % all.length];
  next.focus();
  choose(next);
});

onClick("[data-print]", () => print());

// Copying: the button says what came of it; in-app browsers that refuse get the long-press hint.
onClick("[data-copy], [data-copy-from]", async (button) => {
  const source = document.getElementById(button.dataset.copyFrom);
  const text = button.dataset.copy ?? source?.value ?? source?.innerText ?? "";
  const label = $("span", button) ?? [...button.childNodes].findLast((n) => n.nodeType === 3 && n.data.trim());
  const before = label?.textContent;
  let word = "已复制";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    word = copyOldWay(text) ? "已复制" : "请长按文字复制";
  }
  if (!label) return;
  label.textContent = word;
  setTimeout(() => (label.textContent = before), 2400);
});

function copyOldWay(text) {
  const box = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

onContent(async (part) => {
  const boxes = within(part, "[data-chart]");
  if (!boxes.length) return;
  const { draw } = await import("./charts.js");
  boxes.forEach(draw);
});
