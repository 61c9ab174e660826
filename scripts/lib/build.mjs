import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './command.mjs';
import { filesIn, mirror } from './mirror.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';
import { buildSite } from './site.mjs';

const lib = join(root, 'functions/lib');

/** Bundles the functions, gives the local emulators secrets of their own, and puts the site together. */
export async function build() {
  const fresh = join(root, `functions/.build-${process.pid}`);
  try {
    const checked = await run('tsc', ['-p', 'functions/tsconfig.build.json']);
    if (checked.code !== 0) {
      throw new Failure('The build failed. Mend what TypeScript says above, and run this again.');
    }
    const bundled = await run('node', ['scripts/lib/bundle.mjs', fresh]);
    if (bundled.code !== 0) throw new Failure('The bundler failed, and says why above.');
    mirror(new Map(filesIn(fresh).map((file) => [file, join(fresh, file)])), lib);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeLocalSecrets();
  buildSite();
}

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
