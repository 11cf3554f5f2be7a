// The order of channel rules is the order on the page: dragged, or moved with 上移 and 下移.
import { $, onClick } from "../shemei/js/dom.js";

const form = $("[data-channel-rules]");
const list = form && $("[data-rules]", form);
const said = form && $("[data-rules-said]", form);

function moved(words) {
  said.textContent = words;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const place = (rule) => [...list.children].indexOf(rule) + 1;

const acts = {
  add() {
    const fresh = $("[data-rule-new]", form).content.firstElementChild.cloneNode(true);
    list.append(fresh);
    $("select", fresh).focus();
    moved(`已加第 ${place(fresh)} 条`);
  },
  up(rule) {
    if (rule.previousElementSibling) rule.previousElementSibling.before(rule);
    moved(`现在是第 ${place(rule)} 条`);
  },
  down(rule) {
    if (rule.nextElementSibling) rule.nextElementSibling.after(rule);
    moved(`现在是第 ${place(rule)} 条`);
  },
  drop(rule) {
    const number = place(rule);
    rule.remove();
    moved(`已删去第 ${number} 条，保存后生效`);
  },
};

if (form) {
  onClick("[data-rule-act]", (button) => {
    const act = button.dataset.ruleAct;
    acts[act](button.closest("[data-rule]"));
    if (act === "up" || act === "down") button.focus();
  });
  $("[data-try]").addEventListener("submit", (event) => event.preventDefault());
}

if (list && window.Sortable) {
  window.Sortable.create(list, {
    handle: "[data-handle]",
    draggable: "[data-rule]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "is-ghost",
    onEnd: (event) => moved(`现在是第 ${place(event.item)} 条`),
  });
}
