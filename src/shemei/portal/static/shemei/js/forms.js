// Forms: counters, drafts that survive, focus on the first error, and a guard for those without a draft.
import { $, $$, el, onContent, within } from "./dom.js";

const PREFIX = "shemei:draft:";

// Character counters: 16 / 20 字, over the limit in red with how many.
function count(badge) {
  const box = document.getElementById(badge.dataset.countOf);
  if (!box) return;
  const limit = Number(badge.dataset.limit);
  const tell = () => {
    const used = [...box.value].length;
    badge.textContent = used > limit ? `${used} / ${limit} 字，超 ${used - limit}` : `${used} / ${limit} 字`;
    badge.classList.toggle("is-over", used > limit);
  };
  box.addEventListener("input", tell);
  tell();
}

const keptFields = (form) =>
  [...form.elements].filter((one) => one.name && !["hidden", "password", "file", "submit", "button"].includes(one.type));

function read(form) {
  return keptFields(form).map((one) => [one.name, one.type === "checkbox" || one.type === "radio" ? one.checked : one.value]);
}

function write(form, values) {
  const fields = keptFields(form);
  values.forEach(([name, value], at) => {
    const one = fields[at]?.name === name ? fields[at] : null;
    if (!one) return;
    if (typeof value === "boolean") one.checked = value;
    else one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function store(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
  } catch {
    return; // a full or forbidden store must not stop typing
  }
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

const clock = (time) =>
  new Date(time).toLocaleString("zh-CN", { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false });

function keepDraft(form) {
  const key = form.dataset.draft;
  const first = JSON.stringify(read(form));
  const old = stored(key);
  if (old?.sent) localStorage.removeItem(PREFIX + key);
  else if (old && JSON.stringify(old.values) !== first && !$(".s-errors", form)) restore(form, key, old);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const draft = { at: Date.now(), values: read(form) };
      store(key, draft);
      const word = $("[data-draft-state]", form);
      if (word) word.textContent = `草稿已存于 ${clock(draft.at)}`;
    }, 700);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    store(key, { at: Date.now(), values: read(form), sent: true });
  });
}

function restore(form, key, old) {
  const before = read(form);
  write(form, old.values);
  const note = el("div", "s-note is-info");
  note.setAttribute("role", "status");
  const words = el("p", "", `已恢复 ${clock(old.at)} 没有提交的内容。`);
  const drop = el("button", "s-link push nowrap", "丢弃，用原来的");
  drop.type = "button";
  drop.addEventListener("click", () => {
    write(form, before);
    localStorage.removeItem(PREFIX + key);
    note.remove();
  });
  note.append(words, drop);
  form.prepend(note);
}

function sweepSent() {
  const here = new Set($$("form[data-draft]").map((form) => form.dataset.draft));
  for (const name of Object.keys(localStorage)) {
    const key = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
    if (key && !here.has(key) && stored(key)?.sent) localStorage.removeItem(name);
  }
}

const guarded = new WeakSet();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) guarded.add(form);
});
document.addEventListener("submit", (event) => guarded.delete(event.target));
addEventListener("beforeunload", (event) => {
  if ($$("form[data-guard]").some((form) => guarded.has(form))) event.preventDefault();
});

// Full-width digits and stray spaces are tidied where a number is asked for.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "text" || !["numeric", "decimal"].includes(box.inputMode)) return;
  box.value = box.value.normalize("NFKC").replace(/[\s,，¥￥]/g, "");
});

// A wrong value is told when the field is left; set right, the word goes at once.
const SAY = {
  valueMissing: () => "这里要填。",
  typeMismatch: (one) => (one.type === "email" ? "不像邮箱，少了 @ 或域名。" : "不像网址，请以 https:// 开头。"),
  rangeUnderflow: (one) => `不能小于 ${one.min}。`,
  rangeOverflow: (one) => `不能大于 ${one.max}。`,
  stepMismatch: () => "小数位太多。",
  badInput: () => "认不出这个值。",
  patternMismatch: (one) => one.title || "格式不对。",
};

function sayOf(one) {
  const wrong = Object.keys(SAY).find((key) => one.validity[key]);
  return wrong ? SAY[wrong](one) : "";
}

function mark(one, words) {
  const field = one.closest(".s-field");
  if (!field) return;
  let line = $(".err", field);
  if (!words) {
    one.removeAttribute("aria-invalid");
    line?.remove();
    return;
  }
  if (!line) {
    line = el("span", "err");
    line.id = `${one.id}-error`;
    field.append(line);
    one.setAttribute("aria-describedby", `${one.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  }
  line.textContent = words;
  one.setAttribute("aria-invalid", "true");
}

document.addEventListener("focusout", (event) => {
  const one = event.target;
  if (one.matches?.(".s-input") && one.value && sayOf(one)) mark(one, sayOf(one));
});
document.addEventListener("input", (event) => {
  const one = event.target;
  if (one.getAttribute?.("aria-invalid") === "true" && !sayOf(one)) mark(one, "");
});

onContent((part) => {
  within(part, "[data-count-of]").forEach(count);
  within(part, "form[data-draft]").forEach(keepDraft);
  const errors = within(part, "[data-focus]")[0];
  errors?.focus();
  const wrong = errors?.closest("form")?.querySelector("[aria-invalid=true]");
  wrong?.focus();
});
sweepSent();
