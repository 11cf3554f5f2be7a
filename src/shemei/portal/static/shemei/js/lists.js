// Lists: choosing rows, the bulk bar, density, folded filters, and a search box that never loses a letter.
import { $, $$, onClick } from "./dom.js";

const listOf = (part) => part.closest("[data-list]");
const boxes = (list) => $$("[data-bulk-one]", list);

function tell(list) {
  const form = $("[data-bulk-form]", list);
  if (!form) return;
  const chosen = boxes(list).filter((box) => box.checked);
  const all = form.elements._all.value === "1";
  const number = all ? Number(form.dataset.total) : chosen.length;
  for (const box of boxes(list)) {
    box.closest("tr").setAttribute("aria-selected", String(box.checked));
  }
  const page = $("[data-bulk-page]", list);
  page.checked = chosen.length > 0 && chosen.length === boxes(list).length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  form.dataset.chosen = number.toLocaleString("zh-CN");
  $("[data-bulk]", list).hidden = number === 0;
  $("[data-bulk-count]", list).textContent = `已选 ${form.dataset.chosen} ${form.dataset.unit}`;
  const more = $("[data-bulk-all]", list);
  if (more) more.hidden = all || !page.checked;
}

let anchor = null;
onClick("[data-bulk-one]", (box, event) => {
  const list = listOf(box);
  const all = boxes(list);
  if (event.shiftKey && anchor && all.includes(anchor)) {
    const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  anchor = box;
  $("[data-bulk-form]", list).elements._all.value = "";
  tell(list);
});
onClick("[data-bulk-page]", (page) => {
  const list = listOf(page);
  for (const box of boxes(list)) box.checked = page.checked;
  $("[data-bulk-form]", list).elements._all.value = "";
  tell(list);
});
onClick("[data-bulk-all]", (button) => {
  const list = listOf(button);
  $("[data-bulk-form]", list).elements._all.value = "1";
  tell(list);
});
onClick("[data-bulk-none]", (button) => {
  const list = listOf(button);
  for (const box of boxes(list)) box.checked = false;
  $("[data-bulk-form]", list).elements._all.value = "";
  tell(list);
});
addEventListener("pageshow", () => $$("[data-list]").forEach((list) => $("[data-bulk-form]", list) && tell(list)));

onClick("[data-density]", (choice) => {
  const wanted = choice.dataset.density;
  document.cookie = `s_density=${wanted};path=/;max-age=31536000;samesite=lax`;
  for (const table of $$("[data-table]")) {
    table.classList.toggle("is-tight", wanted === "tight");
    table.classList.toggle("is-loose", wanted === "loose");
  }
  for (const one of $$("[data-density]")) one.setAttribute("aria-checked", String(one === choice));
});

onClick("[data-fold-toggle]", (button) => {
  const open = button.closest("[data-fold]").classList.toggle("is-unfolded");
  button.setAttribute("aria-expanded", String(open));
});

// What was typed while the answer travelled is put back and asked for again.
let typed = null;
document.addEventListener("htmx:beforeSwap", () => {
  const box = document.activeElement;
  typed = box?.matches?.("[data-list-search]") ? { id: box.id, value: box.value, at: box.selectionStart } : null;
});
document.addEventListener("htmx:afterSettle", () => {
  const box = typed && document.getElementById(typed.id);
  if (!box) return;
  box.focus();
  if (box.value !== typed.value) {
    box.value = typed.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.setSelectionRange(typed.at, typed.at);
  typed = null;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = $("[data-list-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
});
