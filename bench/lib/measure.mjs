import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/project.mjs';
import { coldStarts } from './coldStart.mjs';
import { createdEvent } from './deliveries.mjs';
import { emptyFirestore, openFirestore } from './firestore.mjs';
import { drain, growth } from './growth.mjs';
import { importing } from './importing.mjs';
import { startInstance } from './instance.mjs';
import { memory } from './memory.mjs';
import { parallel } from './parallel.mjs';
import { deploy, VARIANTS, WARM_VARIANTS } from './variants.mjs';
import { warm, warmMeans } from './warm.mjs';
import { APPS, createRequests } from './work.mjs';

const LOAD_AT_MOST = 1.5;
const CAPTURE_AT_MOST = 3;
const PUBLISH_AT_MOST = 2.7;

/** Runs the parts that are asked for, or all of them; what each gives is told where it is measured. */
export async function measure({ quick, folder, production, direct, memoryLimit, parts, ...amounts }) {
  const asked = (part) => parts.length === 0 || parts.includes(part);
  const requests = await createRequests(direct);
  const capturing = await startInstance(APPS.ours('capture'), direct);
  const event = async () => {
    const tweet = requests.nextTweet();
    await capturing.send(requests.capture('respond-async', tweet));
    return createdEvent(await db.doc(`tweets/${requests.userId}_${tweet.tweetId}`).get());
  };
  const db = openFirestore();
  const hello = { name: 'hello world', what: 'load', app: APPS.hello, first: requests.get };
  const here = await deploy({ name: 'this project' }, folder);
  const ours = (name, at = here, nodeOptions = []) =>
    starts(name, (target) => ({ ...APPS.ours(target, at), nodeOptions }));
  const starts = (name, app) => [
    { name, what: 'load', app: app('capture'), first: requests.preflight, target: LOAD_AT_MOST },
    {
      name,
      what: 'first capture',
      app: app('capture'),
      first: () => requests.capture(),
      target: CAPTURE_AT_MOST,
    },
    {
      name,
      what: 'first publish',
      app: app('publishTweet'),
      first: event,
      target: PUBLISH_AT_MOST,
    },
  ];
  const results = {};

  if (asked('cold')) {
    console.log('Cold starts ...');
    const compared = [
      hello,
      { name: 'raw create', what: 'first capture', app: APPS.create, first: () => requests.capture() },
      { name: 'raw publish', what: 'first publish', app: APPS.publish, first: () => requests.capture() },
      ...ours('this project'),
      { name: 'naive', what: 'load', app: APPS.naiveCapture, first: requests.preflight },
      { name: 'naive', what: 'first capture', app: APPS.naiveCapture, first: requests.simpleCapture },
      { name: 'naive', what: 'first publish', app: APPS.naivePublish, first: event },
      { name: 'seed flow', what: 'first capture', app: APPS.seedCapture, first: requests.simpleCapture },
    ];
    results.cold = await coldStarts(compared, amounts.rounds, production);
    results.coldEvicted = await coldStarts(compared, amounts.evictedRounds, production, { evicted: true });
    if (memoryLimit) {
      const limited = compared.map((one) => ({ ...one, app: { ...one.app, memoryLimit } }));
      results.coldLimited = await coldStarts(limited, amounts.evictedRounds, production);
    } else console.log('Not within 256 MiB, since no control group can be made here.');
  }
  if (asked('loads')) {
    console.log('The load of every function ...');
    const others = httpsFunctions().map(([target, path]) => ({
      ...{ name: target, what: 'load', app: APPS.ours(target, here) },
      first: () => ({ ...requests.preflight(), path }),
      target: LOAD_AT_MOST,
    }));
    results.loads = await coldStarts([hello, ...others], amounts.rounds, production);
  }
  if (asked('means')) {
    console.log('What each means buys ...');
    const tried = [...ours('as it is')];
    for (const variant of VARIANTS) {
      const at = await deploy(variant, folder);
      tried.push(...ours(variant.name, at, variant.nodeOptions));
    }
    results.means = await coldStarts([hello, ...tried], amounts.rounds, production);
  }
  if (asked('warm')) {
    console.log('Warm captures ...');
    results.warm = await warm(requests, direct, amounts.warm);
    const tried = [{ name: 'as it is', app: APPS.ours('capture', here) }];
    for (const variant of WARM_VARIANTS) {
      tried.push({ name: variant.name, app: APPS.ours('capture', await deploy(variant, folder)) });
    }
    results.warmMeans = await warmMeans(tried, requests, direct, amounts.warm);
    results.parallel = await parallel(requests, direct, 3 * amounts.warm.seconds, memoryLimit);
  }
  await capturing.stop();
  await db.terminate();
  if (asked('memory')) {
    console.log('The memory of every HTTPS function ...');
    await emptyFirestore();
    results.memory = await memory(await createRequests(direct), direct);
  }
  if (asked('growth')) {
    console.log('Growth ...');
    await emptyFirestore();
    const anew = await createRequests(direct);
    results.growth = await growth(anew, direct, amounts);
    results.imported = await importing(anew, direct, amounts.batches);
    results.drain = await drain(anew, direct, amounts.queues);
  }
  return results;
}

/** The functions that answer HTTPS requests, each with a path of its own that has what it asks for in it. */
function httpsFunctions() {
  const { rewrites } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')).hosting;
  const paths = new Map();
  for (const { source, function: deployed } of rewrites) {
    const path = source
      .replace(/(sessions|admin\/tweets)\/\*/, `$1/${randomUUID()}`)
      .replace('*', '1790000000000000001');
    if (!paths.has(deployed?.functionId)) paths.set(deployed?.functionId, path);
  }
  paths.delete(undefined);
  return [...paths];
}
