// What is done and can be taken back: six seconds, stays while pointed at or focused.
import { $, onContent, post, within } from "./dom.js";

const STAY = 6000;

export function toast(text, undo = "") {
  const region = $("#toasts");
  const mould = $("#toast");
  if (!region || !mould) return;
  const box = mould.content.firstElementChild.cloneNode(true);
  $("span", box).textContent = text;
  if (undo) takeBack(box, undo);
  region.append(box);
  let timer = setTimeout(() => box.remove(), STAY);
  const wait = () => clearTimeout(timer);
  const leave = () => (timer = setTimeout(() => box.remove(), STAY / 2));
  for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, wait);
  for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, leave);
}

function takeBack(box, url) {
  const button = $("button", box);
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await post(url);
    box.remove();
    if (answer.ok) location.reload();
    else toast("没有撤销成，请刷新后再看");
  });
}

onContent((part) => {
  for (const mould of within(part, "template[data-toast]")) {
    toast(mould.innerHTML.trim() && mould.content.textContent, mould.dataset.undo);
    mould.remove();
  }
});
document.addEventListener("toasts", (event) => {
  for (const { text, undo } of event.detail.items) toast(text, undo);
});
