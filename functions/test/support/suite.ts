import { rm } from 'node:fs/promises';
import { environment } from '../../../scripts/process/run.mjs';
import { faultyProxy } from './faultyProxy.ts';
import { freePorts } from './freePorts.ts';
import { startSupervised } from './programs.ts';
import { repository, writeProject } from './project.ts';

const REGION = 'us-central1';
const PARAMETERS = {
  RATE_LIMIT_PER_MINUTE: '100000',
  PUBLIC_RATE_LIMIT_PER_MINUTE: '100000',
  LOG_LEVEL: 'DEBUG',
};

const projectId = 'demo-test';
const ports = freePorts(11) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const [hosting, functions, firestore, websocket, hub, eventarc, tasks, logging] = ports;
const [pubsubPort, proxyPort, firestoreProxyPort] = ports.slice(8) as [number, number, number];
const proxy = faultyProxy(proxyPort, pubsubPort);
const firestoreProxy = faultyProxy(firestoreProxyPort, firestore);

let folder: string;
let firebase: ReturnType<typeof startSupervised>;
let pubsub: ReturnType<typeof startSupervised>;

// Code under test that runs in this process meets the same emulators as the functions do.
const env = environment({ NODE_V8_COVERAGE: '', WORKER_COVERAGE: process.env.NODE_V8_COVERAGE });
Object.assign(process.env, {
  FIRESTORE_EMULATOR_HOST: `127.0.0.1:${firestore}`,
  PUBSUB_EMULATOR_HOST: `127.0.0.1:${proxyPort}`,
  GCLOUD_PROJECT: projectId,
  GOOGLE_CLOUD_PROJECT: projectId,
});

/** The emulators that a whole test run shares. Pub/Sub runs on its own behind a proxy, so that tests can take it away. */
export const suite = {
  projectId,
  hostingUrl: `http://127.0.0.1:${hosting}`,
  functionsUrl: (name: string) => `http://127.0.0.1:${functions}/${projectId}/${REGION}/${name}`,
  firestoreHost: `127.0.0.1:${firestore}`,
  /** The Pub/Sub emulator itself; the functions reach it through the proxy. */
  pubsubHost: `127.0.0.1:${pubsubPort}`,

  /** The pids of the processes that run functions now. */
  async functionsWorkers() {
    const processes = await firebase.processes();
    return processes
      .filter(({ command }) => command.includes('functionsEmulatorRuntime'))
      .map(({ pid }) => pid);
  },

  /** Runs a scheduled function to its end; fails when it fails. */
  async runSchedule(name: string) {
    const url = `http://127.0.0.1:${functions}/functions/projects/${projectId}/triggers/${REGION}-${name}-0`;
    const response = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
  },

  /** The lines that functions have written so far. */
  logs: () =>
    firebase
      .output()
      .split('\n')
      .filter((line) => line.startsWith('>  '))
      .map((line) => line.slice(3)),

  /** Between the functions emulator's workers and Firestore. */
  firestore: {
    silence: firestoreProxy.silence,
    reset: firestoreProxy.reset,
    halve: firestoreProxy.halve,
    cut: firestoreProxy.cut,
    restore: firestoreProxy.restore,
    /** Puts another proxy in between. */
    detour: firestoreProxy.retarget,
    undoDetour: () => firestoreProxy.retarget(firestore),
  },

  pubsub: {
    cut: proxy.cut,
    hang: proxy.hang,
    mute: proxy.mute,
    restore: proxy.restore,
    /** Ends the emulator in the middle of whatever it does; its topics are lost. */
    async kill() {
      for (const { pid } of await pubsub.processes()) process.kill(pid, 'SIGKILL');
      await pubsub.ended;
    },
    async restart() {
      await pubsub.stop();
      await startPubsub();
    },
  },
};

async function startPubsub() {
  const program = process.env.PUBSUB_EMULATOR_BINARY_PATH;
  if (!program) throw new Error('PUBSUB_EMULATOR_BINARY_PATH is not set. Run the tests with npm test.');
  pubsub = startSupervised(program, ['--host=127.0.0.1', `--port=${pubsubPort}`], { cwd: folder, env });
  await pubsub.until('Starting the Pub/Sub emulator', () => answers(`http://${suite.pubsubHost}/`));
}

async function startFirebase() {
  const cli = `${repository}/node_modules/firebase-tools/lib/bin/firebase.js`;
  const args = [cli, 'emulators:start', '--project', projectId, '--only', 'functions,firestore,hosting'];
  firebase = startSupervised(process.execPath, args, {
    cwd: folder,
    env: {
      ...env,
      NODE_OPTIONS: preloaded('workerCoverage.ts', 'workerProxy.ts'),
      WORKER_FIRESTORE_HOST: `127.0.0.1:${firestoreProxyPort}`,
      PUBSUB_EMULATOR_HOST: process.env.PUBSUB_EMULATOR_HOST,
      TMPDIR: folder,
      XDG_CONFIG_HOME: folder,
    },
  });
  await firebase.until('Starting the emulators', () => firebase.output().includes('All emulators ready'));
  if (/Failed to load function/.test(firebase.output())) throw new Error(firebase.output());
}

const preloaded = (...files: string[]) =>
  files.map((file) => `--import ${new URL(file, import.meta.url)}`).join(' ');

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

export async function mochaGlobalSetup() {
  folder = await writeProject(
    { hosting, functions, firestore, websocket, hub, eventarc, tasks, logging },
    PARAMETERS,
  );
  await Promise.all([proxy.listen(), firestoreProxy.listen(), startPubsub(), startFirebase()]);
}

export async function mochaGlobalTeardown() {
  await Promise.all([proxy.cut(), firestoreProxy.cut(), pubsub?.stop(), firebase?.stop()]);
  await rm(folder, { recursive: true, force: true });
}

export const mochaHooks = {
  /** What the functions said of a failure is half of its story. */
  afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== 'failed') return;
    const said = suite.logs().filter((line) => /"severity":"(WARNING|ERROR)"/.test(line));
    for (const line of said.slice(-3)) console.log(line.slice(0, 500));
  },
};
