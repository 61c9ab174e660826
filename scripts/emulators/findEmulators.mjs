import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../cli/errors.mjs';
import { run } from '../process/run.mjs';
import { cache, firebaseCli, root } from '../project.mjs';
import { manifestJar } from './manifestJar.mjs';

/**
 * Finds the emulators: the Firebase CLI downloads them, or an installed Google Cloud SDK has them. Returns the environment
 * variables that point the CLI and the tests at them, without those that the user has set.
 */
export async function findEmulators() {
  const { FIRESTORE_EMULATOR_BINARY_PATH, PUBSUB_EMULATOR_BINARY_PATH } = process.env;
  if (FIRESTORE_EMULATOR_BINARY_PATH && PUBSUB_EMULATOR_BINARY_PATH) return {};
  const found = downloaded() ?? (await install());
  return Object.fromEntries(Object.entries(found).filter(([name]) => !process.env[name]));
}

async function install() {
  const sdk = await googleCloudSdk();
  if (!sdk || (await isReachable())) {
    if (await download()) return downloaded();
  }
  if (sdk) return await sdkEnvironment(sdk);
  throw new CliError(
    'The Firestore and Pub/Sub emulators could not be downloaded. Check the network, or install the Google Cloud SDK ' +
      'with its packages google-cloud-cli-firestore-emulator and google-cloud-cli-pubsub-emulator, and run this again.',
  );
}

const details = () =>
  JSON.parse(
    readFileSync(join(root, 'node_modules/firebase-tools/lib/emulator/downloadableEmulatorInfo.json')),
  );

/** The environment for the emulators in the CLI's cache, or undefined. */
function downloaded() {
  const folder = process.env.FIREBASE_EMULATORS_PATH ?? join(homedir(), '.cache/firebase/emulators');
  const { firestore, pubsub } = details();
  const pubsubBinary = join(folder, pubsub.binaryPathRelativeToCacheDir);
  if (!existsSync(join(folder, firestore.downloadPathRelativeToCacheDir)) || !existsSync(pubsubBinary))
    return;
  return { PUBSUB_EMULATOR_BINARY_PATH: pubsubBinary };
}

async function isReachable() {
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

/** Files of our own: the CLI changes the mode of the files that it runs, and those of the SDK may belong to root. */
async function sdkEnvironment(sdk) {
  const jar = await manifestJar(
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    pathToFileURL(join(sdk, FIRESTORE_JAR)),
  );
  return {
    FIRESTORE_EMULATOR_BINARY_PATH: writeExecutable('emulators/firestore.jar', jar),
    PUBSUB_EMULATOR_BINARY_PATH: writeExecutable(
      'emulators/pubsub',
      `#!/bin/sh\nexec "${sdk}/${PUBSUB_BINARY}" "$@"\n`,
    ),
  };
}

/** Writes a draft and renames it: another run may be reading the file. */
function writeExecutable(name, content) {
  const path = join(cache, name);
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, content);
  chmodSync(draft, 0o755);
  renameSync(draft, path);
  return path;
}
