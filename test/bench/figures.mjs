/** Of the values in any order; the nearest rank, never an interpolation. */
export function percentile(values, share) {
  if (values.length === 0) throw new Error('nothing was measured');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const median = (values) => percentile(values, 0.5);

/** `p50 3.1 · p99 12.4 · max 20.0 ms` of milliseconds. */
export function spread(values) {
  const [p50, p99, max] = [median(values), percentile(values, 0.99), Math.max(...values)];
  return { p50, p99, max, text: `p50 ${ms(p50)} · p99 ${ms(p99)} · max ${ms(max)} ms` };
}

export const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
export const seconds = (value) => `${(value / 1000).toFixed(2)} s`;
export const perSecond = (value) => `${Math.round(value).toLocaleString('en')}/s`;

const COLUMNS = [
  ['what', 'what'],
  ['figure', 'measured'],
  ['baseline', 'baseline, same run'],
  ['ratio', 'ratio'],
  ['target', 'target'],
  ['met', ''],
];

const cell = (row, key) => {
  const value = row[key];
  if (key === 'ratio') return typeof value === 'number' ? `${value.toFixed(2)}×` : '';
  if (key === 'met') return value === undefined ? '' : value ? 'met' : 'NOT MET';
  return value ?? '';
};

/** The rows as one table of plain text. */
export function table(rows) {
  const lines = [COLUMNS.map(([, title]) => title), ...rows.map((row) => COLUMNS.map(([key]) => cell(row, key)))];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const print = (line) => line.map((text, i) => text.padEnd(widths[i])).join('  ').trimEnd(); // prettier-ignore
  return [print(lines[0]), widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1).map(print)].join(
    '\n',
  );
}
