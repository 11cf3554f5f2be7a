// Arranging a board: dragging a picture, its edge, or a figure from the shelf. Menus and buttons do the same without dragging.
import { $, $$, csrf } from "../shemei/js/dom.js";

const grid = $("[data-arrange]");
const shelf = $("[data-shelf]");
const said = $("[data-arranged]");
const WIDTHS = [4, 6, 8, 12];

async function save() {
  const body = new URLSearchParams();
  for (const panel of $$("[data-panel]", grid)) body.append("panel", panel.dataset.panel);
  const answer = await fetch(grid.dataset.arrange, { method: "POST", headers: { "X-CSRFToken": csrf() }, body });
  said.textContent = answer.ok ? "次序已保存" : "次序没有保存。请刷新页面再试。";
}

/** What was dropped moved out of the form; the copy that stayed in the shelf sends it. */
function put(event) {
  shelf.elements.before.value = event.item.nextElementSibling?.dataset.panel ?? "";
  shelf.requestSubmit(event.clone);
}

function widen(event) {
  const handle = event.target.closest("[data-widen]");
  if (!handle) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const panel = handle.closest("[data-panel]");
  const { left } = panel.getBoundingClientRect();
  const before = Number(panel.dataset.width);
  let width = before;
  const show = (columns) => {
    panel.classList.replace(`c${width}`, `c${columns}`);
    width = columns;
  };
  handle.onpointermove = ({ clientX }) => {
    const wanted = (clientX - left) / (grid.clientWidth / 12);
    show(WIDTHS.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best)));
  };
  handle.onpointercancel = () => show(before);
  handle.onlostpointercapture = () => {
    handle.onpointermove = handle.onpointercancel = handle.onlostpointercapture = null;
    const button = $(`[name=width][value="${width}"]`, panel);
    if (width !== before) button.form.requestSubmit(button);
  };
}

if (grid && window.Sortable) {
  window.Sortable.create(grid, {
    group: "own",
    handle: "[data-handle]",
    draggable: "[data-panel]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    ghostClass: "is-ghost",
    onAdd: put,
    onEnd: (event) => event.oldIndex !== event.newIndex && save(),
  });
  window.Sortable.create($("[data-shelf-list]", shelf), {
    group: { name: "own", pull: "clone", put: false },
    sort: false,
    draggable: "[data-metric]",
    ghostClass: "is-ghost",
    forceFallback: true, // buttons cannot be dragged natively everywhere
    fallbackTolerance: 4,
    delay: 200,
    delayOnTouchOnly: true,
  });
  grid.addEventListener("pointerdown", widen);
}
