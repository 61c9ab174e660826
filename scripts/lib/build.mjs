import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './command.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const lib = join(root, 'functions/lib');

/** Compiles the functions into functions/lib, and gives the local emulators secrets of their own. */
export async function build() {
  const fresh = join(root, `functions/.build-${process.pid}`);
  try {
    const args = ['-p', 'functions/tsconfig.build.json', '--outDir', fresh];
    const { code } = await run('tsc', args);
    if (code !== 0)
      throw new Failure('The build failed. Mend what TypeScript says above, and run this again.');
    replace(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeLocalSecrets();
}

/** Touches only what has changed, so that running emulators reload for a reason, and two builds do not collide. */
function replace(fresh) {
  const files = filesIn(fresh);
  for (const file of filesIn(lib)) if (!files.includes(file)) rmSync(join(lib, file), { force: true });
  for (const file of files) {
    const content = readFileSync(join(fresh, file));
    const target = join(lib, file);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => /\.(js|map)$/.test(name))
    : [];

/** Never deployed and never committed: what signs tokens on this machine. What is there already stays. */
function writeLocalSecrets() {
  const path = join(root, 'functions/.secret.local');
  const secrets = {
    JWT_SECRET_KEY: randomBytes(48).toString('base64url'),
    JWT_SECRET_KEY_PREVIOUS: 'none',
    ALERT_WEBHOOK_URL: 'none',
  };
  const present = existsSync(path) ? readFileSync(path, 'utf8').replace(/\n*$/, '\n').trimStart() : '';
  const missing = Object.entries(secrets).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(present));
  if (missing.length === 0) return;
  const lines = missing.map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(path, present + lines.join(''), { mode: 0o600 });
}
