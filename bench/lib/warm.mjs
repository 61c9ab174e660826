import { deliverSoon } from './deliveries.mjs';
import { startInstance } from './instance.mjs';
import { latencyTable, load } from './load.mjs';
import { median, round, spread } from './statistics.mjs';
import { APPS } from './work.mjs';

const IN_FLIGHT = [1, 16, 64];

/**
 * Loads what captures by several ways, each in turn for a slice of time at each number of requests in flight. Ratios
 * are to a function that does nothing but create(), of the same round.
 */
export async function warm(requests, env, { rounds, seconds }) {
  const trigger = await startInstance(APPS.ours('publishTweet'), env);
  const waiting = () => {
    const tweet = requests.nextTweet();
    deliverSoon(trigger.port, requests.event(tweet.tweetId));
    return requests.capture('wait=1', tweet);
  };
  const contestants = [
    { name: 'raw create', app: APPS.create, next: () => requests.capture() },
    { name: 'this project, respond-async', app: APPS.ours('capture'), next: () => requests.capture() },
    { name: 'this project, with the wait', app: APPS.ours('capture'), next: waiting },
    { name: 'naive', app: APPS.naiveCapture, next: requests.simpleCapture },
    { name: 'seed flow', app: APPS.seedCapture, next: requests.simpleCapture },
  ];
  for (const contestant of contestants) {
    contestant.instance = await startInstance(contestant.app, env);
    await slice(contestant, { inFlight: 16, seconds });
  }

  const rows = [];
  for (const inFlight of IN_FLIGHT) {
    const samples = contestants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, contestant] of contestants.entries()) {
        samples[index].push(await slice(contestant, { inFlight, seconds }));
      }
    }
    for (const [index, { name }] of contestants.entries()) {
      const ratios = (of) => samples[index].map((sample, turn) => of(sample) / of(samples[0][turn]));
      const slower = ratios(({ latencies }) => median(latencies));
      const more = ratios(({ perSecond }) => perSecond);
      rows.push({
        name,
        inFlight,
        ...latencyTable(samples[index].flatMap(({ latencies }) => latencies)),
        p50Ratio: round(median(slower)),
        p50Spread: spread(slower).map((ratio) => round(ratio)),
        perSecond: Math.round(median(samples[index].map(({ perSecond }) => perSecond))),
        throughputRatio: round(median(more)),
        throughputSpread: spread(more).map((ratio) => round(ratio)),
      });
    }
  }
  for (const { instance } of contestants) await instance.stop();
  await trigger.stop();
  return rows;
}

async function slice({ instance, next }, amount) {
  await instance.send(next());
  return await load(instance.port, { ...amount, next });
}
