// Deleting, publishing, sending: the title tells what follows, the button is a verb.
import { $ } from "./dom.js";

let decide = null;

export function ask({ title, text = "", verb, danger = false, type = "" }) {
  const box = $("#confirm");
  const yes = $("#confirm-yes");
  const name = $("#confirm-name");
  $("#confirm-title").textContent = title;
  $("#confirm-text").textContent = text;
  $("#confirm-text").hidden = !text;
  $("#confirm-type").hidden = !type;
  $("#confirm-type b").textContent = type;
  name.value = "";
  name.dataset.wanted = type;
  yes.textContent = verb;
  yes.className = `s-btn ${danger ? "is-stop" : "is-primary"}`;
  yes.disabled = Boolean(type);
  box.returnValue = "no";
  box.showModal();
  (type ? name : danger ? $("button[value=no]", box) : yes).focus();
  return new Promise((resolve) => (decide = resolve));
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "confirm-name") return;
  $("#confirm-yes").disabled = event.target.value.trim() !== event.target.dataset.wanted;
});
$("#confirm")?.addEventListener("close", () => decide?.($("#confirm").returnValue === "yes"));

function wording(form, button) {
  const source = button?.dataset.confirm || button?.dataset.confirmN ? button : form;
  const { confirm, confirmN, confirmText, confirmVerb, confirmType } = source.dataset;
  const title = confirm ?? confirmN?.replace("{n}", form.dataset.chosen ?? "");
  if (!title) return null;
  const verb = confirmVerb || button?.textContent.trim() || "继续";
  return { title, text: confirmText, verb, type: confirmType, danger: "confirmDanger" in source.dataset };
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (form.dataset.agreed) return void delete form.dataset.agreed;
    const words = wording(form, event.submitter);
    if (!words || !$("#confirm")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(words))) return event.submitter?.focus();
    form.dataset.agreed = "1";
    form.requestSubmit(event.submitter);
  },
  true,
);
document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const source = event.detail.elt;
  const { confirmText: text, confirmVerb, confirmType: type } = source.dataset;
  const verb = confirmVerb || source.textContent.trim();
  const danger = "confirmDanger" in source.dataset;
  if (await ask({ title: event.detail.question, text, verb, type, danger })) event.detail.issueRequest(true);
});
