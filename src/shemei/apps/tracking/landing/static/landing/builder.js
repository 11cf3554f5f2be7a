// The builder: dragging saves the order, every kept change redraws the phone, and what is typed is never lost.
// Requests queue on #blocks (hx-sync): each goes once the one before was answered. Each write tells its turn too:
// what is sent as the page closes may overtake one under way, and the older text must not land last.
import { $, $$, csrf } from "../shemei/js/dom.js";

const frame = $("[data-preview]");
const unsent = new Map(); // a form, and its last keystroke that is not known to be kept
const sent = new WeakMap(); // a form, and its last keystroke in the request under way
const editor = crypto.getRandomValues(new Uint32Array(2)).join("-");
let strokes = 0;
let later = 0;

const turn = () => `${editor}:${strokes}`;

function redraw() {
  clearTimeout(later);
  later = setTimeout(() => {
    const at = frame.contentWindow?.scrollY ?? 0;
    frame.addEventListener("load", () => frame.contentWindow?.scrollTo(0, at), { once: true });
    frame.contentWindow?.location.reload();
  }, 150);
}

async function save(list) {
  const body = new URLSearchParams();
  for (const block of $$("[data-block]", list)) body.append("block", block.dataset.block);
  const answer = await fetch(list.dataset.arrange, { method: "POST", headers: { "X-CSRFToken": csrf() }, body });
  $("[data-arranged]").textContent = answer.ok ? "次序已保存" : "次序没有保存。请刷新页面再试。";
  redraw();
}

function arrange() {
  const list = $("[data-arrange]");
  if (!list || !window.Sortable || list.dataset.ready) return;
  list.dataset.ready = "1";
  window.Sortable.create(list, {
    handle: "[data-handle]",
    draggable: "[data-block]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "is-ghost",
    onEnd: (event) => event.oldIndex !== event.newIndex && save(list),
  });
}

// A list that was drawn anew shows what the server has; a form that was typed in meanwhile takes its place again.
function putBack() {
  for (const form of [...unsent.keys()].filter((one) => !one.isConnected)) {
    unsent.delete(form);
    const drawn = $(`[data-block="${form.elements.block.value}"] [data-block-form]`);
    if (!drawn) continue;
    drawn.replaceWith(form);
    unsent.set(form, strokes);
    window.htmx.process(form);
    window.htmx.trigger(form, "change");
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-block-form]");
  if (form) unsent.set(form, ++strokes);
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches?.("[data-block-form]")) event.detail.parameters.turn = turn();
});
document.addEventListener("htmx:beforeSend", (event) => sent.set(event.target, unsent.get(event.target)));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-block-form]");
  if (!form) return;
  if (!event.detail.successful) $("[data-kept]", form).textContent = "没有存上。网络好了会再存；请先不要关页面。";
  else if (unsent.get(form) === sent.get(form)) unsent.delete(form);
});
document.addEventListener("htmx:afterSettle", () => { putBack(); arrange(); redraw(); });
addEventListener("pagehide", () => {
  for (const form of unsent.keys()) {
    const body = new FormData(form);
    body.append("turn", turn());
    navigator.sendBeacon(form.action, body);
  }
});
addEventListener("online", () => unsent.forEach((_, form) => window.htmx?.trigger(form, "change")));
arrange();
