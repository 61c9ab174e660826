import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli/errors.mjs';
import { run } from '../process/run.mjs';
import { functions } from '../project.mjs';
import { buildSite } from './buildSite.mjs';
import { bundle } from './bundle.mjs';
import { filesIn, syncDir } from './syncDir.mjs';

/** Bundles the functions, creates secrets for the local emulators, and builds the site. */
export async function build() {
  const checked = await run('tsc', ['-p', 'functions/tsconfig.build.json']);
  if (checked.code !== 0) {
    throw new CliError('The build failed: TypeScript found the errors above. Fix them and run this again.');
  }
  const draft = join(functions, `.build-${process.pid}`);
  try {
    await bundle(draft);
    const files = filesIn(draft).map((file) => [file, join(draft, file)]);
    syncDir(new Map(files), join(functions, 'lib'));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  writeLocalSecrets();
  buildSite();
}

/** Adds the missing secrets to functions/.secret.local, which is neither committed nor deployed. */
function writeLocalSecrets() {
  const path = join(functions, '.secret.local');
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
