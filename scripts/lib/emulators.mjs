import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from './command.mjs';
import { manifestJar } from './jar.mjs';
import { cache, firebaseCli, root } from './project.mjs';
import { run } from './run.mjs';

/**
 * Finds the emulators: downloaded by the firebase CLI where it can, taken from an installed Google Cloud SDK where it
 * cannot. Returns the environment that points the CLI and the tests at them; what the user has set already stays.
 */
export async function findEmulators() {
  const { FIRESTORE_EMULATOR_BINARY_PATH, PUBSUB_EMULATOR_BINARY_PATH } = process.env;
  if (FIRESTORE_EMULATOR_BINARY_PATH && PUBSUB_EMULATOR_BINARY_PATH) return {};
  const found = downloaded() ?? (await obtain());
  return Object.fromEntries(Object.entries(found).filter(([name]) => !process.env[name]));
}

async function obtain() {
  const sdk = await googleCloudSdk();
  if (!sdk || (await reachable())) {
    if (await download()) return downloaded();
  }
  if (sdk) return await sdkEnvironment(sdk);
  throw new Failure(
    'The Firestore and Pub/Sub emulators could not be downloaded. Check the network, or install the Google Cloud SDK ' +
      'with its packages google-cloud-cli-firestore-emulator and google-cloud-cli-pubsub-emulator, and run this again.',
  );
}

const details = () =>
  JSON.parse(
    readFileSync(join(root, 'node_modules/firebase-tools/lib/emulator/downloadableEmulatorInfo.json')),
  );

/** The environment for what the CLI has in its own cache, or undefined. */
function downloaded() {
  const folder = process.env.FIREBASE_EMULATORS_PATH ?? join(homedir(), '.cache/firebase/emulators');
  const { firestore, pubsub } = details();
  const pubsubBinary = join(folder, pubsub.binaryPathRelativeToCacheDir);
  if (!existsSync(join(folder, firestore.downloadPathRelativeToCacheDir)) || !existsSync(pubsubBinary))
    return;
  return { PUBSUB_EMULATOR_BINARY_PATH: pubsubBinary };
}

async function reachable() {
  try {
    const options = { method: 'HEAD', signal: AbortSignal.timeout(3000) };
    return (await fetch(details().firestore.remoteUrl, options)).ok;
  } catch {
    return false;
  }
}

async function download() {
  console.log('Downloading the emulators (about 130 MB, only the first time) ...');
  for (const name of ['firestore', 'pubsub']) {
    const { code } = await run('node', [firebaseCli, `setup:emulators:${name}`], { quiet: true });
    if (code !== 0) return false;
  }
  return downloaded() !== undefined;
}

const FIRESTORE_JAR = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar';
const PUBSUB_BINARY = 'platform/pubsub-emulator/bin/cloud-pubsub-emulator';

/** The root of a Google Cloud SDK that has both emulators, or undefined. */
async function googleCloudSdk() {
  const { output } = await run('gcloud', ['info', '--format=value(installation.sdk_root)'], { quiet: true });
  const sdk = output.trim().split('\n').at(-1);
  return [FIRESTORE_JAR, PUBSUB_BINARY].every((path) => existsSync(join(sdk, path))) ? sdk : undefined;
}

/** The CLI sets the mode of what it is pointed at, and the SDK may be root's: so it gets files of our own. */
async function sdkEnvironment(sdk) {
  const jar = await manifestJar(
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    pathToFileURL(join(sdk, FIRESTORE_JAR)),
  );
  return {
    FIRESTORE_EMULATOR_BINARY_PATH: keepFile('emulators/firestore.jar', jar),
    PUBSUB_EMULATOR_BINARY_PATH: keepFile(
      'emulators/pubsub',
      `#!/bin/sh\nexec "${sdk}/${PUBSUB_BINARY}" "$@"\n`,
    ),
  };
}

/** Written aside and renamed: another run may be reading it. */
function keepFile(name, content) {
  const path = join(cache, name);
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, content);
  chmodSync(draft, 0o755);
  renameSync(draft, path);
  return path;
}
