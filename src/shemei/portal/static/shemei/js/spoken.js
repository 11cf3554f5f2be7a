// What is drawn anew keeps the keyboard, and what changes by itself is told to those who listen.
import { $, onContent, within } from "./dom.js";

let held = false;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const at = document.activeElement;
  held = at !== document.body && Boolean(detail.target?.contains(at));
});
// htmx finds what has an id again; where the button that had the keyboard is gone, its part takes it.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!held || document.activeElement !== document.body) return;
  held = false;
  const part = document.getElementById(detail.target?.id) ?? $("#main");
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
});

// A part that asks again and again waits while somebody fills in one of its fields.
const FILLED = "form:has(select, textarea, input:not([type=hidden]))";
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  const form = document.activeElement?.closest(FILLED);
  if (form && elt.contains(form) && elt.matches("[hx-trigger*=every]")) event.preventDefault();
});

// Progress is told in a place that stays: every few seconds while it runs, at once when it is over.
const EVERY = 5000;
let last = 0;

function tell(text, runs) {
  const place = $("#spoken");
  if (!place || !text || place.textContent === text) return;
  if (runs && Date.now() - last < EVERY) return;
  last = Date.now();
  place.textContent = text;
}
onContent((part) => {
  const [found] = within(part, "[data-spoken]");
  if (part !== document || found?.hasAttribute("data-spoken-runs")) tell(found?.dataset.spoken, found?.hasAttribute("data-spoken-runs"));
});
