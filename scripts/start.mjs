import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './lib/build.mjs';
import { command, Failure } from './lib/command.mjs';
import { checkConfig } from './lib/config.mjs';
import { findEmulators } from './lib/emulators.mjs';
import { startFirebase } from './lib/firebase.mjs';
import { checkJava } from './lib/java.mjs';
import { startLocalClock } from './lib/localClock.mjs';
import { createLocalTopic } from './lib/localTopic.mjs';
import { checkPorts } from './lib/portsFree.mjs';
import { parameter, ports, projectId } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';
import { untilSignal } from './lib/signals.mjs';
import { welcome } from './lib/welcome.mjs';

const PATIENCE_MS = 60_000;

const help = `npm start

Runs the whole service on this machine, on the Firebase emulators. Ctrl-C ends it.`;

/** Brings everything up and then stays. */
async function serve(firebase) {
  const { hosting, functions, firestore, pubsub } = ports();
  const url = `http://127.0.0.1:${hosting}`;
  const functionsUrl = `http://127.0.0.1:${functions}`;
  const pubsubUrl = `http://127.0.0.1:${pubsub}`;

  await firebase.loaded();
  const subscription = await createLocalTopic(pubsubUrl, projectId(), parameter('PUBSUB_TOPIC'));
  await answering(`${url}/api/health`);
  const schedules = await startLocalClock(functionsUrl, projectId());

  const firestoreUrl = `http://127.0.0.1:${firestore}`;
  console.log(welcome({ url, functionsUrl, firestoreUrl, subscription, projectId: projectId(), schedules }));
  firebase.show(true);
  await new Promise(() => {});
}

async function answering(url) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await answers(url))) {
    if (Date.now() > deadline) {
      throw new Failure(`${url} does not answer. See .cache/firebase-debug.log and run this again.`);
    }
    await sleep(200);
  }
}

const answers = (url) =>
  fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    (response) => response.ok,
    () => false,
  );

async function serveUntilStopped() {
  await setup();
  await checkConfig();
  await checkJava();
  const emulators = await findEmulators();
  await checkPorts(ports());
  await build();

  console.log('Starting the emulators ...');
  const signal = untilSignal();
  const firebase = startFirebase(emulators);
  try {
    await Promise.race([signal, firebase.failure(), serve(firebase)]);
  } finally {
    firebase.show(false);
    await firebase.stop();
  }
}

await command(serveUntilStopped, { help });
