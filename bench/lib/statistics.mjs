/** The value below which a share of the sample lies. */
export function quantile(sample, share) {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (sample) => quantile(sample, 0.5);

/** The bounds of the middle half of the sample. */
export const spread = (sample) => [quantile(sample, 0.25), quantile(sample, 0.75)];

export const round = (value, digits = 2) => Number(value.toFixed(digits));
