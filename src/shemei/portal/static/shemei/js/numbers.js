// Numbers as portal/numbers.py writes them: the same units, the same digits, the same rounding.
const shift = (size, places) => {
  const [head, power = 0] = String(size).split("e");
  return Number(`${head}e${Number(power) + places}`);
};
// Half away from zero on the digits as they are written, not on their binary neighbour.
const round = (size, digits) => shift(Math.round(shift(size, digits)), -digits);
const fixed = (size, digits) => round(size, digits).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const signed = (value, text) => `${value < 0 && /[1-9]/.test(text) ? "−" : ""}${text}`;

function short(size, small) {
  if (round(size, small) < 10_000) return fixed(size, small);
  const units = [[-4, 1, "万"], [-8, 2, "亿"], [-12, 2, "万亿"]];
  const [places, digits, unit] = units.find(([by, keep]) => round(shift(size, by), keep) < 10_000) ?? units[2];
  return `${fixed(shift(size, places), digits)} ${unit}`;
}

/** A count: in full below 10,000, then 万 with one digit, 亿 with two. */
export const wan = (value) => signed(value, short(Math.abs(value), 0));

/** Money from 分. */
export const yuan = (fen) => signed(fen, `¥${short(Math.abs(shift(fen, -2)), 2)}`);

/** A ratio as percent: never nothing where there is something, never all where some is missing. */
export function pct(ratio, digits = 2) {
  const percent = shift(ratio, 2);
  const whole = round(Math.abs(percent), digits);
  const step = shift(1, -digits);
  if (whole === 0 && percent !== 0) return percent > 0 ? `< ${step.toFixed(digits)}%` : `> −${step.toFixed(digits)}%`;
  const most = (100 - step).toFixed(digits);
  if (whole === 100 && Math.abs(percent) < 100) return percent > 0 ? `> ${most}%` : `< −${most}%`;
  return signed(percent, `${fixed(Math.abs(percent), digits)}%`);
}

/** A multiple such as ROI: never nothing where there is something. */
export function times(value) {
  if (value !== 0 && round(Math.abs(value), 2) === 0) return value > 0 ? "< 0.01" : "> −0.01";
  return signed(value, fixed(Math.abs(value), 2));
}

/** A mark on an axis: without the zeros that say nothing there. */
export const tick = (text) => text.replace(/(\.\d*?)0+(?!\d)/, (_, kept) => (kept === "." ? "" : kept));
