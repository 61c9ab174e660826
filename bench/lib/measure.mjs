import { ABLATIONS, deploy, WARM_ABLATIONS } from './ablations.mjs';
import { coldStarts } from './coldStart.mjs';
import { APPS, createRequests } from './contestants.mjs';
import { createdEvent } from './deliveries.mjs';
import { emptyFirestore, openFirestore } from './firestore.mjs';
import { startInstance } from './instance.mjs';
import { memory } from './memory.mjs';
import { parallel } from './parallel.mjs';
import { warm, warmAblations } from './warm.mjs';

/** The maximum ratios to the load of a hello world. */
const TARGETS = { load: 1.5, capture: 3, publish: 2.7 };

/** Measures the given parts, or all of them. Each result is described where it is measured. */
export async function measure({ folder, production, direct, memoryLimit, parts, ...amounts }) {
  const isSelected = (part) => parts.length === 0 || parts.includes(part);
  const requests = await createRequests(direct);
  const db = openFirestore();
  const capturing = await startInstance(APPS.ours('capture'), direct);
  const event = async () => {
    const tweet = requests.nextTweet();
    await capturing.send(requests.capture('respond-async', tweet));
    return createdEvent(await db.doc(`tweets/${requests.userId}_${tweet.tweetId}`).get());
  };
  const helloWorld = { name: 'hello world', what: 'load', app: APPS.helloWorld, first: requests.get };
  const built = await deploy({ name: 'this project' }, folder);
  const capture = () => requests.capture();
  const coldContestants = (name, deployed = built, nodeOptions = []) => {
    const app = (target) => ({ ...APPS.ours(target, deployed), nodeOptions });
    return [
      { name, what: 'load', app: app('capture'), first: requests.preflight, target: TARGETS.load },
      { name, what: 'first capture', app: app('capture'), first: capture, target: TARGETS.capture },
      { name, what: 'first publish', app: app('publishTweet'), first: event, target: TARGETS.publish },
    ];
  };
  const results = {};

  if (isSelected('cold')) {
    console.log('Cold starts ...');
    const contestants = [
      helloWorld,
      { name: 'raw create', what: 'first capture', app: APPS.create, first: capture },
      { name: 'raw publish', what: 'first publish', app: APPS.publish, first: capture },
      ...coldContestants('this project'),
      { name: 'baseline', what: 'load', app: APPS.baselineCapture, first: requests.preflight },
      {
        name: 'baseline',
        what: 'first capture',
        app: APPS.baselineCapture,
        first: requests.baselineCapture,
      },
      { name: 'baseline', what: 'first publish', app: APPS.baselinePublish, first: event },
      {
        name: 'inline baseline',
        what: 'first capture',
        app: APPS.inlineCapture,
        first: requests.baselineCapture,
      },
    ];
    results.cold = await coldStarts(contestants, amounts.rounds, production);
    if (memoryLimit) {
      const limited = contestants.map((contestant) => ({
        ...contestant,
        app: { ...contestant.app, memoryLimit },
      }));
      results.coldLimited = await coldStarts(limited, amounts.limitedRounds, production);
    } else console.log('Skipped: cold starts in 256 MiB. This machine allows no control group.');
  }
  if (isSelected('ablations')) {
    console.log('Ablations ...');
    const tried = [...coldContestants('as it is')];
    for (const ablation of ABLATIONS) {
      tried.push(...coldContestants(ablation.name, await deploy(ablation, folder), ablation.nodeOptions));
    }
    results.ablations = await coldStarts([helloWorld, ...tried], amounts.rounds, production);
  }
  if (isSelected('warm')) {
    console.log('Warm captures ...');
    results.warm = await warm(requests, direct, amounts.warm);
    const tried = [{ name: 'as it is', app: APPS.ours('capture', built) }];
    for (const ablation of WARM_ABLATIONS) {
      tried.push({ name: ablation.name, app: APPS.ours('capture', await deploy(ablation, folder)) });
    }
    results.warmAblations = await warmAblations(tried, requests, direct, amounts.warm);
    results.parallel = await parallel(requests, direct, 3 * amounts.warm.seconds, memoryLimit);
  }
  await capturing.stop();
  await db.terminate();
  if (isSelected('memory')) {
    console.log('Memory of every HTTPS function ...');
    await emptyFirestore();
    results.memory = await memory(await createRequests(direct), direct);
  }
  return results;
}
