const OURS = 'this project';
const MEGABYTES = 110;
const INSTANCE_MEGABYTES = 256;
const P50 = 1.3;
const THROUGHPUT = 0.8;
const OVER_SEED_FLOW = 1.5;
const WHY = {
  'first publish':
    "it needs Firestore's client and Pub/Sub, each with a library and an access token of its own",
  memory: 'V8 lets its young generation grow where there is much memory; see the table for 256 MiB',
  wait: 'the seed flow publishes by itself, and a capture that waits has a trigger, in another process, do it',
};

/** In words, which targets are missed, and why where that is known. */
export function missed({ cold = [], loads = [], warm = [], parallel = [] }) {
  const told = [];
  const tell = (isMissed, text, why) => isMissed && told.push(`${text}${why ? `: ${why}` : ''}.`);
  for (const { name, what, ratio, target } of [...cold, ...loads]) {
    const text = `${what} of ${name} falls short: ${ratio} times the hello world, aimed at ${target}`;
    tell(ratio > target, text, WHY[what]);
  }
  for (const { what, megabytes } of cold.filter(({ name }) => name === OURS)) {
    const text = `Memory after ${what} falls short: ${megabytes} MB, aimed at ${MEGABYTES}`;
    tell(megabytes > MEGABYTES, text, WHY.memory);
  }
  const most = Math.max(...warm.map(({ inFlight }) => inFlight));
  const seedFlow = (inFlight) => warm.find((row) => row.name === 'seed flow' && row.inFlight === inFlight);
  for (const row of warm.filter(({ name }) => name.startsWith(OURS))) {
    const { name, inFlight, p50, p50Ratio, perSecond, throughputRatio } = row;
    const isWaiting = name.endsWith('wait');
    const where = `${name}, ${inFlight} in flight, falls short`;
    if (!isWaiting) {
      tell(p50Ratio > P50, `${where}: p50 ${p50Ratio} times the raw create, aimed at ${P50}`);
      const isLow = inFlight === most && throughputRatio < THROUGHPUT;
      tell(isLow, `${where}: throughput ${throughputRatio} of the raw create, aimed at ${THROUGHPUT}`);
    }
    const seed = seedFlow(inFlight);
    const why = isWaiting && WHY.wait;
    tell(p50 > seed.p50, `${where}: p50 ${p50} ms, the seed flow ${seed.p50}`, why);
    const times = perSecond / seed.perSecond;
    const text = `${where}: ${times.toFixed(2)} times the throughput of the seed flow, aimed at ${OVER_SEED_FLOW}`;
    tell(times < OVER_SEED_FLOW, text, why);
  }
  for (const { name, mostMegabytes } of parallel) {
    tell(mostMegabytes >= INSTANCE_MEGABYTES, `80 captures at once (${name}) took ${mostMegabytes} MB`);
  }
  return told;
}
