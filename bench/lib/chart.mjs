const ROW = 22;
const LEFT = 250;
const SCALE = 70;
const WIDTH = 820;

/** An SVG of the cold starts as bars in hello worlds, with the middle half of all runs as a line. */
export function chart({ cold, about }) {
  const longest = Math.max(...cold.map(({ spread }) => spread[1]));
  const scale = Math.min(SCALE, (WIDTH - LEFT - 70) / longest);
  const height = 60 + cold.length * ROW;
  const bars = cold.map((row, index) => bar(row, 44 + index * ROW, scale));
  const title = `Cold start in hello worlds, ${about.takenAt.slice(0, 10)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="24" font-weight="bold">${title}</text>
${bars.join('\n')}
</svg>
`;
}

function bar({ name, what, ratio, spread, target }, y, scale) {
  const at = (value) => (LEFT + value * scale).toFixed(1);
  const color = name === 'this project' ? '#1a73e8' : '#9aa0a6';
  const limit = target
    ? `<line x1="${at(target)}" x2="${at(target)}" y1="${y - 3}" y2="${y + 17}" stroke="#d93025" stroke-dasharray="3 2"/>`
    : '';
  return `<text x="12" y="${y + 12}">${name}, ${what}</text>
<rect x="${LEFT}" y="${y}" width="${(ratio * scale).toFixed(1)}" height="14" fill="${color}"/>
<line x1="${at(spread[0])}" x2="${at(spread[1])}" y1="${y + 7}" y2="${y + 7}" stroke="#202124"/>${limit}
<text x="${(LEFT + Math.max(ratio, spread[1]) * scale + 8).toFixed(1)}" y="${y + 12}">${ratio}</text>`;
}
