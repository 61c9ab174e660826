import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cache = join(root, '.cache');
export const functions = join(root, 'functions');
/** The project's own Node 24. */
export const node = join(root, 'node_modules/.bin/node');
export const mocha = join(functions, 'node_modules/mocha/bin/mocha.js');
export const firebaseCli = join(root, 'node_modules/firebase-tools/lib/bin/firebase.js');

const read = (path) => readFileSync(join(root, path), 'utf8');

/** The default project of .firebaserc. */
export const projectId = () => JSON.parse(read('.firebaserc')).projects.default;

/** The ports of the emulators in firebase.json, by the emulator's name. */
export function ports() {
  const { emulators } = JSON.parse(read('firebase.json'));
  const named = Object.entries(emulators).filter(([, settings]) => settings.port);
  return Object.fromEntries(named.map(([name, settings]) => [name, settings.port]));
}

/** The value of a parameter in functions/.env. */
export const parameter = (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(read('functions/.env'))?.[1].trim();
