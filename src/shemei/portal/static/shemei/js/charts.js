// One frame for every chart: theme from tokens, SVG, Chinese numbers, the same figures as a table.
import { onClick } from "./dom.js";
import { optionOf } from "./chart_kinds.js";

const here = (path) => new URL(path, import.meta.url).href;

function script(url) {
  return new Promise((done, failed) => {
    const tag = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: failed });
    document.head.append(tag);
  });
}

const [themes] = await Promise.all([
  fetch(here("../echarts-theme.json")).then((answer) => answer.json()),
  window.echarts ?? script(here("../../vendor/echarts/dist/echarts.min.js")),
]);
for (const name of ["light", "dark"]) window.echarts.registerTheme(name, themes[name]);

const mode = () => document.documentElement.getAttribute("data-bs-theme");
const live = new Map();

/** Draw one element with data-chart="<id of its JSON block>"; again when the look changes. */
export function draw(box) {
  const source = document.getElementById(box.dataset.chart);
  if (!source || live.has(box)) return;
  const spec = JSON.parse(source.textContent);
  const paint = () => {
    live.get(box)?.dispose();
    const chart = window.echarts.init(box, mode(), { renderer: "svg", locale: "ZH" });
    const theme = themes[mode()];
    chart.setOption({ animation: false, aria: { enabled: false }, ...optionOf(spec, theme, matchMedia("(max-width: 720px)").matches) });
    live.set(box, chart);
  };
  paint();
  new ResizeObserver(() => live.get(box)?.resize()).observe(box);
  document.addEventListener("themechange", () => box.isConnected && paint());
}

onClick("[data-chart-table]", (button) => {
  const id = button.dataset.chartTable;
  const table = document.getElementById(`${id}-twin`);
  table.hidden = !table.hidden;
  document.getElementById(id).hidden = !table.hidden;
  button.setAttribute("aria-pressed", String(!table.hidden));
  if (table.hidden) live.get(document.getElementById(id))?.resize();
});

onClick("[data-chart-save]", (button) => {
  const box = document.getElementById(button.dataset.chartSave);
  const svg = live.get(box)?.renderToSVGString?.();
  if (!svg) return;
  const picture = new Image();
  picture.addEventListener("load", () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: box.clientWidth * 2, height: box.clientHeight * 2 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = themes[mode()].surface;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const link = Object.assign(document.createElement("a"), { href: canvas.toDataURL("image/png"), download: `${button.dataset.name || "图"}.png` });
    link.click();
  });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
});
