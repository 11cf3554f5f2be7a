// A long select becomes a box one can type in: the list below narrows, arrow keys move, Enter takes, Esc leaves.
// The select stays in the form and keeps its name; without this script it works as it is.
import { el, icon, onContent, within } from "./dom.js";
import { hide, show } from "./menus.js";

const LONG = 20;
const OFFERED = "select.s-input:not([multiple], [size], [data-find])";
const plain = (text) => text.toLowerCase().replace(/\s+/g, "");

function finder(select) {
  select.dataset.find = "";
  const id = `${select.id || select.name}-find`;
  const box = Object.assign(el("input", "s-input"), { id, type: "text", autocomplete: "off", disabled: select.disabled });
  const list = Object.assign(el("div", "s-menu s-find__list"), { id: `${id}-list`, hidden: true, tabIndex: -1 });
  const frame = el("span", "s-find");
  const label = select.labels[0];
  const rows = [];
  let at = -1;

  const chosen = () => select.selectedOptions[0];
  const shown = () => rows.filter((row) => !row.hidden);
  const isOpen = () => !list.hidden;

  function tell() {
    const option = chosen();
    box.value = option?.value ? option.text : "";
    box.placeholder = option?.value ? "" : (option?.text ?? "");
  }

  function fill() {
    if (rows.length) return;
    for (const option of select.options) {
      const row = Object.assign(el("div", "s-menu__item", option.text), { id: `${id}-${rows.length}` });
      row.setAttribute("role", "option");
      row.option = option;
      rows.push(row);
    }
    const none = Object.assign(el("div", "s-menu__why", "没有找到，换个词试试"), { hidden: true, role: "option", ariaDisabled: "true" });
    list.replaceChildren(...rows, none);
  }

  function stand(row) {
    rows[at]?.classList.remove("is-at");
    at = rows.indexOf(row);
    row?.classList.add("is-at");
    row?.scrollIntoView({ block: "nearest" });
    if (row) box.setAttribute("aria-activedescendant", row.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function narrow(text) {
    const words = text.split(/\s+/).map(plain).filter(Boolean);
    for (const row of rows) {
      const name = plain(row.textContent);
      row.hidden = words.length > 0 && !(row.option.value && words.every((word) => name.includes(word)));
    }
    list.lastElementChild.hidden = shown().length > 0;
    stand(words.length ? shown()[0] : rows.find((row) => row.option === chosen()));
  }

  function open(text = "") {
    fill();
    for (const row of rows) row.setAttribute("aria-selected", String(row.option === chosen()));
    list.style.width = `${box.offsetWidth}px`;
    narrow(text);
    show(list, box);
    stand(rows[at]);
  }

  function take(row) {
    hide(list);
    if (row?.option && row.option !== chosen()) {
      select.value = row.option.value;
      for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    tell();
  }

  function leave() {
    const cleared = !box.value.trim() && [...select.options].find((option) => !option.value);
    take(cleared && isOpen() ? rows.find((row) => row.option === cleared) : null);
  }

  const keys = {
    ArrowDown: () => (isOpen() ? step(1) : open()),
    ArrowUp: () => (isOpen() ? step(-1) : open()),
    Enter: () => isOpen() && take(rows[at]),
    Escape: () => isOpen() && (hide(list), tell()),
  };

  function step(by) {
    const seen = shown();
    stand(seen[(seen.indexOf(rows[at]) + by + seen.length) % seen.length]);
  }

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
  }
  box.dataset.menu = list.id;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label?.firstChild?.textContent.trim() ?? "");
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  select.removeAttribute("aria-invalid");
  if (label) label.htmlFor = id;

  box.addEventListener("click", (event) => {
    event.stopPropagation();
    if (!isOpen()) open();
    box.select();
  });
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    open(box.value);
  });
  box.addEventListener("keydown", (event) => {
    if (!keys[event.key] || (event.key === "Enter" && !isOpen()) || (event.key === "Escape" && !isOpen())) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("blur", leave);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) take(row);
  });
  select.addEventListener("change", tell);
  select.addEventListener("input", tell);
  select.form?.addEventListener("reset", () => setTimeout(tell));
  addEventListener("pageshow", tell);

  select.replaceWith(frame);
  frame.append(select, box, icon("chevron-down"), list);
  tell();
}

onContent((root) => {
  for (const select of within(root, `.s-field ${OFFERED}`)) if (select.options.length > LONG) finder(select);
});
