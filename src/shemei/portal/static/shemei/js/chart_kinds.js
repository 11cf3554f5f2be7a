// From a chart's values (portal/charts.py) to an ECharts option. No pies, no gauges, no smooth curves.
import { pct, times, tick, wan, yuan } from "./numbers.js";

/** A value in its unit, as pages write it in short; money comes in 分. */
export function shown(value, spec) {
  if (value === null || value === undefined || value === "-") return "—";
  if (spec.unit === "ratio") return pct(value);
  if (spec.unit === "times") return times(value);
  const text = spec.unit === "money" ? yuan(value) : wan(value);
  return spec.suffix ? `${text} ${spec.suffix}` : text;
}

const colour = (series, at, theme) =>
  series.platform ? theme.platform[series.platform] ?? theme.platform.other : theme.color[at % theme.color.length];

const grid = (legend) => ({ left: 4, right: 14, top: legend ? 34 : 12, bottom: 4, containLabel: true });
// A long name is cut where names stand beside each other; pointing at it tells the whole.
const brief = (name) => ([...name].length > 16 ? `${[...name].slice(0, 15).join("")}…${name.endsWith("（右轴）") ? "（右轴）" : ""}` : name);
const legendOf = (spec) => (spec.series.length > 1 ? { show: true, type: "scroll", top: 0, left: 0, right: 0, formatter: brief, tooltip: { show: true } } : { show: false });
const category = (spec, narrow) => ({ type: "category", data: spec.x, axisLabel: { hideOverlap: true, ...(narrow ? { rotate: 0 } : {}) } });
// Readings stand as far apart as their days do, and the axis names those days alone.
function overTime(spec) {
  const names = new Map(spec.at.map((day, i) => [+new Date(`${day}T00:00`), spec.x[i]]));
  const named = (at) => names.get(+at) ?? "";
  const ticks = { customValues: [...names.keys()] };
  return {
    days: [...names.keys()],
    axis: { type: "time", axisTick: ticks, axisLabel: { ...ticks, formatter: named, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" }, axisPointer: { snap: true, label: { formatter: ({ value }) => named(value) } } },
  };
}

// The last label of an axis that ends at its last value would stick out of the picture.
const inside = (axis) => ({ ...axis, axisLabel: { ...axis.axisLabel, alignMaxLabel: "right" } });
const scale = (spec, extra = {}) => ({ type: "value", splitNumber: 4, minInterval: spec.unit === "count" ? 1 : 0, axisLabel: { formatter: (v) => (v ? tick(shown(v, spec)) : "0") }, ...extra });
// An axis of shares ends at the whole; a line that never moves starts at nothing.
const shares = { scale: true, min: ({ min, max }) => (min === max ? 0 : null), max: ({ max }) => (max <= 1 && max > 0.8 ? 1 : null) };
// A line of another size than the rest has the axis on the right, and its name says so.
const titled = (one) => (one.right ? `${one.name}（右轴）` : one.name);
const scales = (spec, extra) => (spec.series.some((one) => one.right) ? [scale(spec, extra), scale(spec, { ...extra, splitLine: { show: false } })] : scale(spec, extra));
const tip = (spec, trigger = "axis") => ({ trigger, confine: true, valueFormatter: (v) => shown(Array.isArray(v) ? v[1] : v, spec) });

function bands(spec, theme) {
  if (!spec.bands.length) return undefined;
  return {
    silent: true,
    label: { position: "insideTop", fontSize: 12, color: theme.markArea.label.color },
    itemStyle: { color: theme.markArea.itemStyle.color, opacity: 0.7 },
    data: spec.bands.map((band) => [{ name: band.name, xAxis: band.first }, { xAxis: band.last }]),
  };
}

function reference(spec, theme, axis = "yAxis") {
  if (spec.reference === null) return undefined;
  const words = spec.reference_word || "参考值";
  return {
    silent: true,
    symbol: "none",
    lineStyle: { type: "dashed", color: theme.markLine.lineStyle.color },
    label: { formatter: `${words} ${shown(spec.reference, spec)}`, position: "insideEndTop", color: theme.markLine.label.color },
    data: [{ [axis]: spec.reference }],
  };
}

// Days before the chosen period stand grey behind it.
const faded = (theme) => ({ color: theme.platform.other, opacity: 0.42 });

function bars(spec, theme, narrow, stacked) {
  const series = spec.series.map((one, at) => ({
    name: one.name,
    type: "bar",
    stack: stacked ? "all" : undefined,
    barCategoryGap: "28%",
    data: one.values.map((value, i) => ({ value, itemStyle: i < spec.focus ? faded(theme) : undefined })),
    itemStyle: { color: one.role === "compare" ? theme.platform.other : colour(one, at, theme), borderColor: theme.surface, borderWidth: stacked ? 0.5 : 0 },
    markArea: at ? undefined : bands(spec, theme),
    markLine: at ? undefined : reference(spec, theme),
  }));
  const legend = legendOf(spec);
  return { grid: grid(legend.show), legend, tooltip: { ...tip(spec), axisPointer: { type: "shadow" } }, xAxis: category(spec, narrow), yAxis: scale(spec), series };
}

function lines(spec, theme, narrow) {
  const series = [];
  const time = spec.at.length ? overTime(spec) : null;
  const placed = (values) => (time ? values.map((value, i) => [time.days[i], value]) : values);
  spec.series.forEach((one, at) => {
    const grey = one.role === "compare";
    const ink = grey ? theme.markLine.lineStyle.color : colour(one, at, theme);
    series.push(...spread(one, ink, placed));
    series.push({
      name: titled(one),
      type: "line",
      yAxisIndex: one.right ? 1 : 0,
      smooth: false,
      connectNulls: false,
      showSymbol: Boolean(time) || spec.x.length < 3,
      data: placed(one.values),
      itemStyle: { color: ink },
      lineStyle: { color: ink, width: grey ? 1.5 : 2, type: one.role ? "dashed" : "solid" },
      markArea: at ? undefined : bands(spec, theme),
      markLine: at ? undefined : reference(spec, theme),
    });
  });
  const legend = { ...legendOf(spec), data: spec.series.map(titled) };
  return { grid: grid(legend.show), legend, tooltip: tip(spec), xAxis: time ? time.axis : { ...inside(category(spec, narrow)), boundaryGap: false }, yAxis: scales(spec, spec.unit === "ratio" ? shares : {}), series };
}

function spread(one, ink, placed) {
  if (!one.low.length) return [];
  const quiet = { type: "line", stack: `band-${one.name}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  const width = one.high.map((high, i) => (high === null || one.low[i] === null ? null : high - one.low[i]));
  return [
    { ...quiet, name: `${one.name} 下限`, data: placed(one.low) },
    { ...quiet, name: `${one.name} 区间`, data: placed(width), areaStyle: { color: ink, opacity: 0.14 } },
  ];
}

function across(spec, theme) {
  const legend = legendOf(spec);
  const keys = Object.entries(spec.platforms);
  const tint = (name, at, one) => {
    const key = keys.find(([label]) => label === name)?.[1];
    return key ? theme.platform[key] : colour(one, at, theme);
  };
  const series = spec.series.map((one, at) => ({
    name: one.name,
    type: "bar",
    barMaxWidth: 18,
    data: one.values.map((value, i) => ({ value, itemStyle: { color: spec.series.length > 1 ? colour(one, at, theme) : tint(spec.x[i], 0, one), borderRadius: [0, 3, 3, 0] } })),
    label: { show: spec.series.length === 1, position: "right", formatter: ({ value }) => shown(value, spec), color: theme.textStyle.color, fontSize: 12 },
    markLine: at ? undefined : reference(spec, theme, "xAxis"),
  }));
  return { grid: { ...grid(legend.show), right: 64 }, legend, tooltip: { ...tip(spec), axisPointer: { type: "shadow" } }, xAxis: scale(spec), yAxis: { type: "category", inverse: true, data: spec.x, axisLabel: { width: 120, overflow: "truncate" } }, series };
}

function sankey(spec, theme) {
  const names = [...new Set(spec.flows.flatMap((flow) => [flow.source, flow.target]))];
  const label = (name) => name.split(" · ")[0];
  return {
    tooltip: { trigger: "item", confine: true, valueFormatter: (v) => shown(v, spec) },
    series: [
      {
        type: "sankey",
        left: 2,
        right: 72,
        top: 8,
        bottom: 8,
        draggable: false,
        nodeWidth: 9,
        nodeGap: 14,
        emphasis: { focus: "adjacency" },
        data: names.map((name) => ({ name, itemStyle: { color: theme.platform[spec.platforms[label(name)]] ?? theme.color[1] } })),
        label: { formatter: ({ name }) => label(name) },
        links: spec.flows,
        lineStyle: { color: "source", opacity: 0.2 },
      },
    ],
  };
}

function funnel(spec, theme) {
  const values = spec.series[0].values;
  const share = (i) => (i && values[i - 1] ? `，上一步的 ${pct(values[i] / values[i - 1], 1)}` : "");
  return {
    ...across(spec, theme),
    series: [
      {
        name: spec.series[0].name,
        type: "bar",
        barMaxWidth: 22,
        data: values.map((value) => ({ value, itemStyle: { color: theme.color[0], borderRadius: [0, 3, 3, 0] } })),
        label: { show: true, position: "right", formatter: ({ value, dataIndex }) => shown(value, spec) + share(dataIndex), color: theme.textStyle.color, fontSize: 12 },
      },
    ],
    grid: { ...grid(false), right: 150 },
  };
}

function heat(spec, theme) {
  const data = spec.series.flatMap((one, y) => one.values.map((value, x) => [x, y, value ?? "-"]));
  const top = Math.max(...data.map((cell) => (cell[2] === "-" ? 0 : cell[2])), 1e-9);
  const contrast = (value) => (value / top > 0.62 ? theme.surface : theme.textStyle.color);
  return {
    grid: grid(false),
    tooltip: { trigger: "item", confine: true, formatter: ({ value }) => `${spec.series[value[1]].name} · ${spec.x[value[0]]}<br>${shown(value[2], spec)}` },
    xAxis: { type: "category", data: spec.x, splitArea: { show: false } },
    yAxis: { type: "category", inverse: true, data: spec.series.map((one) => one.name) },
    visualMap: { show: false, min: 0, max: top, dimension: 2, inRange: { color: theme.heat } },
    series: [
      {
        type: "heatmap",
        data: data.map((cell) => ({ value: cell, label: { color: cell[2] === "-" ? theme.textStyle.color : contrast(cell[2]) } })),
        itemStyle: { borderColor: theme.surface, borderWidth: 2 },
        label: { show: true, fontSize: 12, formatter: ({ value }) => shown(value[2], spec) },
      },
    ],
  };
}

// Points with whiskers, one row each: an estimate and how sure it is.
function dots(spec, theme) {
  const one = spec.series[0];
  const ink = colour(one, 0, theme);
  const whisker = (params, api) => {
    const y = api.coord([0, api.value(0)])[1];
    const [from, to] = [api.coord([api.value(1), 0])[0], api.coord([api.value(2), 0])[0]];
    return { type: "rect", shape: { x: from, y: y - 4, width: Math.max(2, to - from), height: 8, r: 4 }, style: { fill: ink, opacity: 0.25 } };
  };
  return {
    grid: grid(false),
    tooltip: { trigger: "item", confine: true },
    xAxis: scale(spec, { scale: true }),
    yAxis: { type: "category", inverse: true, data: spec.x, axisLabel: { width: 120, overflow: "truncate" } },
    series: [
      ...(one.low.length ? [{ type: "custom", renderItem: whisker, silent: true, encode: { x: [1, 2], y: 0 }, data: one.low.map((low, i) => [i, low, one.high[i]]) }] : []),
      {
        name: one.name,
        type: "scatter",
        symbol: "rect",
        symbolSize: [3, 14],
        data: one.values.map((value, i) => [value, i]),
        itemStyle: { color: ink },
        tooltip: { formatter: ({ dataIndex: i }) => `${spec.x[i]}<br>${shown(one.values[i], spec)}${one.low.length ? `（${shown(one.low[i], spec)} 至 ${shown(one.high[i], spec)}）` : ""}` },
        markLine: reference(spec, theme, "xAxis"),
      },
    ],
  };
}

const KINDS = {
  stack: (spec, theme, narrow) => bars(spec, theme, narrow, true),
  bar: (spec, theme, narrow) => bars(spec, theme, narrow, false),
  line: lines,
  hbar: across,
  sankey,
  funnel,
  heat,
  dots,
};

export const optionOf = (spec, theme, narrow) => KINDS[spec.kind](spec, theme, narrow);
