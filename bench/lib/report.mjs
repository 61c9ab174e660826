import { failedTargets } from './failedTargets.mjs';

const LEFT_ALIGNED = new Set(['name', 'what', 'answers']);

/** The results as tables, with a sentence for each target that was missed. */
export function formatReport({ about, cold, coldLimited, ablations, warm, warmAblations, parallel, memory }) {
  const sections = [
    ['Cold starts: ratio to the load of a hello world', cold && formatCold(cold)],
    ['Cold starts in a control group of 256 MiB', coldLimited && formatCold(coldLimited)],
    ['Ablations of a cold start', ablations && formatCold(ablations)],
    ['Warm captures: ratio to the raw create', warm && formatWarm(warm)],
    ['Ablations of a warm capture', warmAblations && formatWarm(warmAblations)],
    ['Parallel captures of one instance of 256 MiB', parallel],
    ['Each HTTPS function at its concurrency, with its largest responses', memory],
  ].filter(([, rows]) => rows);
  const title = `Node ${about.node}, ${about.cpus}, ${about.minutes} min${about.quick ? ', quick' : ''}`;
  const tables = sections.flatMap(([name, rows]) => [name, formatTable(rows)]);
  return [title, ...tables, ...failedTargets({ cold, warm, parallel })].join('\n\n');
}

const formatCold = (rows) =>
  rows.map(({ spread: [low, high], milliseconds, target, ...row }) => ({
    ...row,
    'middle half': `${low}–${high}`,
    target: target ?? '',
    ms: milliseconds,
  }));

const formatWarm = (rows) =>
  rows.map(({ p50Spread, throughputSpread, ...row }) => ({
    ...row,
    'p50 middle half': p50Spread.join('–'),
    'throughput middle half': throughputSpread.join('–'),
  }));

function formatTable(rows) {
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)));
  const formatCell = (cell, index) =>
    LEFT_ALIGNED.has(columns[index]) ? cell.padEnd(widths[index]) : cell.padStart(widths[index]);
  return cells.map((row) => row.map(formatCell).join('  ').trimEnd()).join('\n');
}
