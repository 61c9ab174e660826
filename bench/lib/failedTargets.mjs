const OURS = 'this project';
const MAX_MEGABYTES = 110;
const INSTANCE_MEGABYTES = 256;
const MAX_P50_RATIO = 1.3;
const MIN_THROUGHPUT_RATIO = 0.8;
const MIN_THROUGHPUT_OVER_BASELINE = 1.5;
const REASONS = {
  'first publish':
    "it needs Firestore's client and Pub/Sub, each with a library and an access token of its own",
  memory: 'V8 grows its young generation on a machine with much memory; see the table for 256 MiB',
  wait: 'the inline baseline publishes itself, and a capture that waits leaves this to a trigger in another process',
};

/** A sentence for each target that was missed, with the reason if it is known. */
export function failedTargets({ cold = [], warm = [], parallel = [] }) {
  const failed = [];
  const check = (isMet, text, reason) => isMet || failed.push(`${text}${reason ? `: ${reason}` : ''}.`);
  for (const { name, what, ratio, target, megabytes } of cold.filter((row) => row.name === OURS)) {
    check(
      ratio <= target,
      `${what} of ${name}: ${ratio} times the hello world, target ${target}`,
      REASONS[what],
    );
    const memory = `Memory after ${what}: ${megabytes} MB, target ${MAX_MEGABYTES}`;
    check(megabytes <= MAX_MEGABYTES, memory, REASONS.memory);
  }
  const maxInFlight = Math.max(...warm.map(({ inFlight }) => inFlight));
  for (const row of warm.filter(({ name }) => name.startsWith(OURS))) {
    const { name, inFlight, p50, p50Ratio, perSecond, throughputRatio } = row;
    const title = `${name}, ${inFlight} in flight`;
    const isWaiting = name.endsWith('wait');
    if (!isWaiting) {
      check(
        p50Ratio <= MAX_P50_RATIO,
        `${title}: p50 ${p50Ratio} times the raw create, target ${MAX_P50_RATIO}`,
      );
      check(
        inFlight < maxInFlight || throughputRatio >= MIN_THROUGHPUT_RATIO,
        `${title}: throughput ${throughputRatio} of the raw create, target ${MIN_THROUGHPUT_RATIO}`,
      );
    }
    const inline = warm.find((other) => other.name === 'inline baseline' && other.inFlight === inFlight);
    const reason = isWaiting && REASONS.wait;
    check(p50 <= inline.p50, `${title}: p50 ${p50} ms, inline baseline ${inline.p50} ms`, reason);
    const ratio = perSecond / inline.perSecond;
    check(
      ratio >= MIN_THROUGHPUT_OVER_BASELINE,
      `${title}: ${ratio.toFixed(2)} times the throughput of the inline baseline, target ${MIN_THROUGHPUT_OVER_BASELINE}`,
      reason,
    );
  }
  for (const { name, maxMegabytes } of parallel) {
    check(maxMegabytes < INSTANCE_MEGABYTES, `80 parallel captures (${name}) took ${maxMegabytes} MB`);
  }
  return failed;
}
