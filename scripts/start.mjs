import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './build/build.mjs';
import { runCommand } from './cli/command.mjs';
import { CliError } from './cli/errors.mjs';
import { banner } from './emulators/banner.mjs';
import { checkConfig } from './emulators/checkConfig.mjs';
import { checkJava } from './emulators/checkJava.mjs';
import { checkPorts } from './emulators/checkPorts.mjs';
import { findEmulators } from './emulators/findEmulators.mjs';
import { startLocalClock } from './emulators/localClock.mjs';
import { createLocalTopic } from './emulators/localTopic.mjs';
import { startFirebase } from './emulators/startFirebase.mjs';
import { untilStopped } from './process/signals.mjs';
import { parameter, ports, projectId } from './project.mjs';

const HEALTH_TIMEOUT_MS = 60_000;

/** Brings everything up. Never resolves. */
async function serve(firebase) {
  const { hosting, functions, firestore, pubsub } = ports();
  const url = `http://127.0.0.1:${hosting}`;
  const functionsUrl = `http://127.0.0.1:${functions}`;
  const pubsubUrl = `http://127.0.0.1:${pubsub}`;

  await firebase.loaded();
  const subscription = await createLocalTopic(pubsubUrl, projectId(), parameter('PUBSUB_TOPIC'));
  await untilHealthy(`${url}/api/health`);
  const schedules = await startLocalClock(functionsUrl, projectId());

  const firestoreUrl = `http://127.0.0.1:${firestore}`;
  console.log(banner({ url, functionsUrl, firestoreUrl, subscription, projectId: projectId(), schedules }));
  firebase.print(true);
  await new Promise(() => {});
}

async function untilHealthy(url) {
  const deadline = Date.now() + HEALTH_TIMEOUT_MS;
  while (!(await isHealthy(url))) {
    if (Date.now() > deadline) {
      throw new CliError(`${url} does not respond. See .cache/firebase-debug.log and run this again.`);
    }
    await sleep(200);
  }
}

const isHealthy = (url) =>
  fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    (response) => response.ok,
    () => false,
  );

await runCommand('start', async () => {
  checkConfig();
  await checkJava();
  const emulators = await findEmulators();
  await checkPorts(ports());
  await build();

  console.log('Starting the emulators ...');
  const stopped = untilStopped();
  const firebase = startFirebase(emulators);
  try {
    await Promise.race([stopped, firebase.failure(), serve(firebase)]);
  } finally {
    firebase.print(false);
    await firebase.stop();
  }
});
