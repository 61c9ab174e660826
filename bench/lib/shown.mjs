import { missed } from './missed.mjs';

const LEFT = new Set(['name', 'what', 'way']);

/** The results as one text of tables, with a word on each target that is missed. */
export function shown({
  about,
  cold,
  coldEvicted,
  coldLimited,
  loads,
  means,
  warm,
  warmMeans,
  parallel,
  memory,
  growth,
  imported,
  drain,
}) {
  const parts = [`Node ${about.node}, ${about.cpus}, ${about.minutes} min${about.quick ? ', quick' : ''}`];
  const ratios = (rows) =>
    rows.map(({ spread: [low, high], milliseconds, target, ...row }) => ({
      ...row,
      'half of all': `${low}–${high}`,
      target: target ?? '',
      ms: milliseconds,
    }));
  if (cold) parts.push('Cold start, page cache warm: times that of the hello world', table(ratios(cold)));
  if (coldEvicted) parts.push('Cold start, page cache evicted', table(ratios(coldEvicted)));
  if (coldLimited) parts.push('Cold start in a control group of 256 MiB', table(ratios(coldLimited)));
  if (loads) parts.push('Load of each HTTPS function', table(ratios(loads)));
  if (means) parts.push('What each means buys', table(ratios(means)));
  const loaded = (rows) =>
    rows.map(({ p50Spread, throughputSpread, ...row }) => ({
      ...row,
      'p50 half of all': p50Spread.join('–'),
      'throughput half of all': throughputSpread.join('–'),
    }));
  if (warm) parts.push('Warm captures; ratios to the raw create', table(loaded(warm)));
  if (warmMeans) parts.push('What each means buys a warm capture', table(loaded(warmMeans)));
  if (parallel) parts.push('Parallel captures of one instance of 256 MiB', table(parallel));
  if (memory) parts.push('Each HTTPS function at its concurrency, with its largest answers', table(memory));
  if (growth) parts.push('Growth: milliseconds (median), beside the same without us', table(growth));
  if (imported) parts.push('Import by batches', table(imported));
  if (drain) parts.push('Draining the queue', table(drain));
  parts.push(...missed({ cold, loads, warm, parallel }));
  return parts.join('\n\n');
}

function table(rows) {
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)));
  const line = (row) =>
    row
      .map((cell, index) =>
        LEFT.has(columns[index]) ? cell.padEnd(widths[index]) : cell.padStart(widths[index]),
      )
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}
