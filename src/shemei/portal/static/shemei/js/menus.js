// A button with data-menu opens its panel. Arrow keys move, Esc closes and gives focus back.
import { $, $$, onClick } from "./dom.js";

let open = null;

const buttonOf = (panel) => $(`[data-menu="${panel.id}"]`);
const stops = (panel) =>
  $$("a, button, input:not([type=hidden]), select", panel).filter((one) => !one.disabled && one.offsetParent);

function place(panel, button) {
  panel.style.left = panel.style.top = "0px";
  const origin = panel.getBoundingClientRect();
  const at = button.getBoundingClientRect();
  const room = innerHeight - at.bottom;
  const below = room > origin.height + 12 || room > at.top;
  const left = Math.max(12, Math.min(at.left, innerWidth - origin.width - 12));
  const top = below ? at.bottom + 4 : at.top - origin.height - 4;
  panel.style.left = `${left - origin.left}px`;
  panel.style.top = `${Math.max(12, Math.min(top, innerHeight - origin.height - 12)) - origin.top}px`;
}

export function show(panel, button = buttonOf(panel)) {
  if (open && open !== panel) hide(open);
  panel.hidden = false;
  open = panel;
  button.setAttribute("aria-expanded", "true");
  place(panel, button);
}

export function hide(panel, giveBack = false) {
  panel.hidden = true;
  if (open === panel) open = null;
  const button = buttonOf(panel);
  button?.setAttribute("aria-expanded", "false");
  if (giveBack) button?.focus();
}

onClick("[data-menu]", (button, event) => {
  const panel = document.getElementById(button.dataset.menu);
  if (!panel) return;
  if (!panel.hidden) return hide(panel);
  show(panel, button);
  const first = $("[data-menu-filter]", panel) ?? $('[aria-checked="true"], [aria-current]', panel);
  if (event.detail === 0 || first?.matches("input")) (first?.offsetParent ? first : stops(panel)[0])?.focus();
});
document.addEventListener("click", (event) => {
  if (!open || open.contains(event.target) || event.target.closest("[data-menu]")) return;
  hide(open);
});
onClick(".s-menu [role=radio], .s-menu a", (choice) => {
  const panel = choice.closest(".s-menu");
  if (!panel.hasAttribute("data-menu-stay")) hide(panel);
});
document.addEventListener("keydown", (event) => {
  if (!open) return;
  if (event.key === "Escape") {
    event.stopImmediatePropagation();
    return hide(open, true);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.type === "date") return;
  event.preventDefault();
  const all = stops(open);
  const at = all.indexOf(document.activeElement);
  all[(at + step + all.length) % all.length]?.focus();
});
document.addEventListener("focusin", (event) => {
  if (open && !open.contains(event.target) && event.target !== buttonOf(open)) hide(open);
});
addEventListener("scroll", () => open && buttonOf(open) && place(open, buttonOf(open)), { passive: true, capture: true });
addEventListener("resize", () => open && hide(open));

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-menu-filter]");
  if (!box) return;
  const text = box.value.trim().toLowerCase();
  for (const item of $$(".s-menu__item", box.closest(".s-menu"))) {
    item.hidden = text ? !item.textContent.toLowerCase().includes(text) : item.hasAttribute("data-filtered");
  }
});

// A list that is redrawn closes its menus; one with several choices opens again, else its button is focused.
let last = "";
document.addEventListener("htmx:beforeSwap", () => (last = document.activeElement?.closest(".s-menu")?.id ?? open?.id ?? ""));
document.addEventListener("htmx:afterSettle", () => {
  if (open && !open.isConnected) open = null;
  const panel = last && document.getElementById(last);
  last = "";
  if (!panel || !panel.hidden || !buttonOf(panel)) return;
  if (panel.hasAttribute("data-menu-stay")) show(panel);
  buttonOf(panel).focus();
});
