// Waiting and failing: buttons turn in place, lists say they are busy, failures stay where they happened.
import { $, $$, el, icon } from "./dom.js";

function busy(button, on) {
  if (!button?.classList?.contains("s-btn")) return;
  button.classList.toggle("is-busy", on);
  button.toggleAttribute("aria-busy", on);
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  setTimeout(() => busy(event.submitter, true));
});
addEventListener("pageshow", () => $$(".is-busy").forEach((one) => busy(one, false)));

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (elt.matches("[hx-trigger*=every]")) return;
  target?.setAttribute?.("aria-busy", "true");
  busy(elt, true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute?.("aria-busy");
  for (const one of $$(".is-busy")) busy(one, false);
});

// Only pages are shown as pages: what people wrote into a file would otherwise come alive in it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const kind = event.detail.xhr.getResponseHeader("Content-Type") ?? "";
  if (event.detail.xhr.responseText && !kind.startsWith("text/html")) event.detail.shouldSwap = false;
});

const WORDS = {
  0: "没有连上服务器。请看网络，恢复后再试。",
  403: "你的角色不能做这一步。请找品牌空间的所有者或管理员开通。",
  404: "这条记录不在了，可能刚被删除。请刷新页面。",
  413: "文件太大，服务器没有收。请拆小再传。",
  429: "请求太密，请过一会儿再试。",
};

// While figures are computed again the answer says so itself, and for how long.
function ownWords(xhr) {
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  return xhr.status === 503 && plain ? xhr.responseText : "";
}

function told(status, words = WORDS[status]) {
  $("#trouble")?.remove();
  const note = el("div", "s-note is-danger");
  note.id = "trouble";
  note.setAttribute("role", "alert");
  const again = el("button", "s-link push nowrap", "刷新页面");
  again.type = "button";
  again.addEventListener("click", () => location.reload());
  note.append(icon("alert-circle"), el("p", "", words || `服务器在这一步出错了（${status}）。已填的还在，请再试一次。`), again);
  $("#main")?.prepend(note);
}
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt.matches("[hx-trigger*=every]")) return;
  const { xhr } = event.detail;
  told(xhr.status, ownWords(xhr) || WORDS[xhr.status]);
});
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.elt.matches("[hx-trigger*=every]")) told(0);
});
