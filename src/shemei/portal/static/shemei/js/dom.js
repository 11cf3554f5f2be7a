// Small helpers that every module shares. All behaviour hangs on data-* attributes, by delegation.
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Handle clicks on whatever matches, now or later swapped in. */
export function onClick(selector, handle) {
  document.addEventListener("click", (event) => {
    const found = event.target.closest?.(selector);
    if (found) handle(found, event);
  });
}

/** Run for what is on the page now and for whatever htmx brings in. */
export function onContent(handle) {
  handle(document);
  document.addEventListener("htmx:load", (event) => handle(event.detail.elt));
}

export const within = (root, selector) => [
  ...(root.matches?.(selector) ? [root] : []),
  ...$$(selector, root),
];

export const csrf = () => $("meta[name=csrf-token]")?.content ?? "";

export function post(url, fields = {}) {
  const body = new URLSearchParams(fields);
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf() }, body });
}

export const el = (tag, className = "", text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });

export function icon(name) {
  const sheet = $("use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ic");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sheet}#i-${name}`);
  svg.append(use);
  return svg;
}

export const narrow = () => matchMedia("(max-width: 720px)").matches;
