// One click takes the value a remark offers into its field; the preview follows as when it is typed.
import { onClick } from "../shemei/js/dom.js";

onClick("[data-fill]", (button) => {
  const field = document.querySelector(`form [name="${button.dataset.fill}"]`);
  if (!field) return;
  field.value = button.dataset.fillWith;
  field.closest("details")?.setAttribute("open", "");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
