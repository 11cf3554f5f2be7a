// One record beside its list. Not modal: the list stays usable; the address carries the record and can be shared.
import { $, $$, narrow, onClick } from "./dom.js";

const box = $("#drawer");
let opener = null;
let waiting = 0;

function remember(path) {
  const url = new URL(location);
  const had = url.searchParams.has("drawer");
  if (path) url.searchParams.set("drawer", path);
  else url.searchParams.delete("drawer");
  if (url.href === location.href) return;
  if (path && !had) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

function show(path) {
  if (path) remember(path);
  box.hidden = false;
  document.body.classList.add("has-drawer");
  $("h2", box)?.focus();
}

export function shut() {
  if (!box || box.hidden) return;
  box.hidden = true;
  document.body.classList.remove("has-drawer");
  remember("");
  for (const row of $$("tr[data-open]")) row.removeAttribute("data-open");
  (opener?.isConnected ? opener : $("#main")).focus({ preventScroll: true });
}

// Only a slow answer shows the skeleton, and never over a record that is being read.
function wait() {
  if (!box.hidden) return;
  box.replaceChildren($("#drawer-wait").content.cloneNode(true));
  box.hidden = false;
}

const isOurs = (path) => path?.startsWith("/w/") && !path.startsWith("//");

if (box) {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== box) return;
    const { elt } = event.detail;
    if (!box.contains(elt)) opener = elt === document.body ? null : elt;
    clearTimeout(waiting);
    waiting = setTimeout(wait, 180);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target !== box) return;
    clearTimeout(waiting);
    if (!event.detail.successful && $(".s-skel", box)) shut();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== box) return;
    const { path, verb } = event.detail.requestConfig;
    const shared = verb === "get" && isOurs(path) && !opener?.closest(".s-bar");
    for (const row of $$("tr[data-open]")) row.removeAttribute("data-open");
    opener?.closest("tr")?.setAttribute("data-open", "");
    show(shared ? path : "");
  });
  onClick("[data-drawer-close]", shut);
  onClick("[data-drawer-template]", (button) => {
    opener = button;
    box.replaceChildren(document.getElementById(button.dataset.drawerTemplate).content.cloneNode(true));
    window.htmx?.process(box);
    show("");
  });
  document.addEventListener("keydown", (event) => {
    if (box.hidden || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") shut();
    if (event.key === "Tab" && narrow() && box.contains(event.target)) loop(event);
  });
  addEventListener("popstate", () => {
    if (!new URL(location).searchParams.has("drawer")) shut();
  });
  const wanted = new URL(location).searchParams.get("drawer");
  if (isOurs(wanted)) {
    addEventListener("load", () => window.htmx?.ajax("GET", wanted, { target: "#drawer" }), { once: true });
  }
}

function loop(event) {
  const stops = $$("a[href], button, input, select, textarea, [tabindex='0']", box).filter((one) => one.offsetParent);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}
