// Arranging a board: dragging a picture saves the order. 上移 and 下移 in each menu do the same without dragging.
import { $, $$, csrf } from "../shemei/js/dom.js";

const grid = $("[data-arrange]");
const said = $("[data-arranged]");

async function save() {
  const body = new URLSearchParams();
  for (const panel of $$("[data-panel]", grid)) body.append("panel", panel.dataset.panel);
  const answer = await fetch(grid.dataset.arrange, { method: "POST", headers: { "X-CSRFToken": csrf() }, body });
  said.textContent = answer.ok ? "次序已保存" : "次序没有保存。请刷新页面再试。";
}

if (grid && window.Sortable) {
  window.Sortable.create(grid, {
    handle: "[data-handle]",
    draggable: "[data-panel]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "is-ghost",
    onEnd: (event) => event.oldIndex !== event.newIndex && save(),
  });
}
