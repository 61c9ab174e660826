import { APPS } from './contestants.mjs';
import { startDeliveries } from './deliveries.mjs';
import { startInstance } from './instance.mjs';
import { latencyTable, load } from './load.mjs';
import { median, round, spread } from './statistics.mjs';

const IN_FLIGHT = [1, 16, 64];

/** Puts load on several ways to capture, at each number of requests in flight. */
export async function warm(requests, env, amounts) {
  const trigger = await startInstance(APPS.ours('publishTweet'), env);
  const deliveries = startDeliveries(trigger.port);
  const waiting = () => {
    const tweet = requests.nextTweet();
    deliveries.expect(`${requests.userId}_${tweet.tweetId}`);
    return requests.capture('wait=1', tweet);
  };
  const contestants = await startAll(
    [
      { name: 'raw create', app: APPS.create, next: () => requests.capture() },
      { name: 'this project, respond-async', app: APPS.ours('capture'), next: () => requests.capture() },
      {
        name: 'this project, with the wait',
        app: APPS.ours('capture'),
        next: waiting,
      },
      { name: 'baseline', app: APPS.baselineCapture, next: requests.baselineCapture },
      { name: 'inline baseline', app: APPS.inlineCapture, next: requests.baselineCapture },
    ],
    env,
    amounts,
  );
  const rows = [];
  for (const inFlight of IN_FLIGHT) rows.push(...(await compare(contestants, inFlight, amounts)));
  for (const { instance } of contestants) await instance.stop();
  await deliveries.stop();
  await trigger.stop();
  return rows;
}

/** The same for the project and its ablations, at the maximum of requests in flight. */
export async function warmAblations(tried, requests, env, amounts) {
  const next = () => requests.capture();
  const apps = [{ name: 'raw create', app: APPS.create }, ...tried];
  const contestants = await startAll(
    apps.map((one) => ({ ...one, next })),
    env,
    amounts,
  );
  const rows = await compare(contestants, IN_FLIGHT.at(-1), amounts);
  for (const { instance } of contestants) await instance.stop();
  return rows;
}

async function startAll(contestants, env, { seconds }) {
  const started = [];
  for (const contestant of contestants) {
    const instance = await startInstance(contestant.app, env);
    started.push({ ...contestant, instance });
    await slice(started.at(-1), { inFlight: 16, seconds });
  }
  return started;
}

/** Loads each in turn for a slice of time. Ratios are to the first contestant in the same round. */
async function compare(contestants, inFlight, { rounds, seconds }) {
  const samples = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      samples[index].push(await slice(contestant, { inFlight, seconds }));
    }
  }
  return contestants.map(({ name }, index) => {
    const ratios = (of) => samples[index].map((sample, turn) => of(sample) / of(samples[0][turn]));
    const slower = ratios(({ latencies }) => median(latencies));
    const more = ratios(({ perSecond }) => perSecond);
    return {
      name,
      inFlight,
      ...latencyTable(samples[index].flatMap(({ latencies }) => latencies)),
      p50Ratio: round(median(slower)),
      p50Spread: spread(slower).map((ratio) => round(ratio)),
      perSecond: Math.round(median(samples[index].map(({ perSecond }) => perSecond))),
      throughputRatio: round(median(more)),
      throughputSpread: spread(more).map((ratio) => round(ratio)),
      cpuRatio: round(median(ratios(({ cpu }) => cpu))),
    };
  });
}

/** `cpu`: CPU milliseconds of the instance per request. */
async function slice({ instance, next }, amount) {
  await instance.send(next());
  const before = instance.cpuMilliseconds();
  const { latencies, perSecond } = await load(instance.port, { ...amount, next });
  return { latencies, perSecond, cpu: (instance.cpuMilliseconds() - before) / latencies.length };
}
