import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../../..');

const FILES = [
  'firestore.rules',
  'firestore.indexes.json',
  'public',
  'functions/package.json',
  'functions/lib',
];

export const SECRETS = {
  JWT_SECRET_KEY: `test-${'k'.repeat(60)}`,
  JWT_SECRET_KEY_PREVIOUS: 'none',
  ALERT_WEBHOOK_URL: 'none',
};

/** Writes a copy of the project that the emulators can run from: built code, other ports, other settings. */
export async function writeProject(ports: Record<string, number>, parameters: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'suite-'));
  await mkdir(join(folder, 'functions'));
  for (const file of FILES) await cp(join(repository, file), join(folder, file), { recursive: true });
  await symlink(join(repository, 'functions/node_modules'), join(folder, 'functions/node_modules'));

  const config = JSON.parse(await readFile(join(repository, 'firebase.json'), 'utf8'));
  const { websocket, ...services } = ports;
  const emulators: Record<string, object> = { ui: { enabled: false } };
  for (const [name, port] of Object.entries(services)) emulators[name] = { host: '127.0.0.1', port };
  emulators.firestore = { ...emulators.firestore, websocketPort: websocket };
  config.emulators = { ...emulators, singleProjectMode: false };
  await writeFile(join(folder, 'firebase.json'), JSON.stringify(config));

  // The last line with a name counts.
  const defaults = await readFile(join(repository, 'functions/.env'), 'utf8');
  await writeFile(join(folder, 'functions/.env'), `${defaults}\n${lines(parameters)}`);
  await writeFile(join(folder, 'functions/.secret.local'), lines(SECRETS));
  return folder;
}

const lines = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
