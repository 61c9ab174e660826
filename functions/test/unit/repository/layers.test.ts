import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from '../../support/project.ts';

const FIREBASE = 'firebase-admin/firestore';

/** For each layer an import that it may have, and two that it may not. */
const LAYERS: [string, string, string[]][] = [
  ['core', './ip.ts', ['../config/parameters.ts', '../http/json.ts']],
  ['config', '../core/email.ts', ['../http/json.ts', '../app/services.ts']],
  ['audit', '../core/ip.ts', ['../http/json.ts', '../brakes/brakes.ts']],
  ['brakes', '../core/timeout.ts', ['../http/json.ts', '../budgets/budgets.ts']],
  ['budgets', '../config/parameters.ts', ['../http/json.ts', '../audit/audit.ts']],
  ['http', '../budgets/budgets.ts', ['../accounts/keys.ts', '../tweets/tweet.ts']],
  ['accounts', '../http/endpoint.ts', ['../tweets/tweet.ts', '../delivery/ports.ts']],
  ['tweets', '../http/endpoint.ts', ['../delivery/ports.ts', '../accounts/account.ts']],
  ['health', '../http/endpoint.ts', ['../delivery/ports.ts', '../platform/accessToken.ts']],
  ['delivery', '../tweets/tweet.ts', ['../admin/republish.ts', '../platform/firestore/outbox.ts']],
  ['privacy', '../accounts/account.ts', ['../platform/firestore/outbox.ts', '../admin/republish.ts']],
  ['admin', '../delivery/ports.ts', ['../accounts/account.ts', '../app/services.ts']],
  ['platform', '../delivery/ports.ts', ['../app/services.ts', '../../tools/rewrites.ts']],
];

const ALLOWED = [...LAYERS.map(([layer, allowed]) => [layer, allowed]), ['platform', FIREBASE]];
const REFUSED = [
  ...LAYERS.flatMap(([layer, , refused]) => refused.map((specifier) => [layer, specifier])),
  ...LAYERS.filter(([layer]) => layer !== 'platform').map(([layer]) => [layer, FIREBASE]),
  ['app', '@google-cloud/functions-framework'],
];

describe('the linter', () => {
  let folder: string;
  /** The files that it reports, by rule. */
  let reported: Set<string>;
  const plant = (path: string, code: string) => {
    const file = join(folder, 'functions/src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  };
  const fileOf = (layer = '', specifier = '') => `${layer}/${specifier.replaceAll(/[^a-zA-Z]/g, '_')}.ts`;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'layers-'));
    copyFileSync(join(repository, 'biome.json'), join(folder, 'biome.json'));
    for (const [layer, specifier] of [...ALLOWED, ...REFUSED]) {
      plant(fileOf(layer, specifier), `import '${specifier}';\n`);
    }
    plant('core/a.ts', "import type { B } from './b.ts';\nexport interface A {\n  b: B;\n}\n");
    plant('core/b.ts', "import type { A } from './a.ts';\nexport interface B {\n  a: A;\n}\n");
    const biome = join(repository, 'node_modules/.bin/biome');
    const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github'];
    const { stdout } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' });
    const lines = [...stdout.matchAll(/title=lint\/\w+\/(\w+),file=[^,]*functions\/src\/([^,]+),/g)];
    reported = new Set(lines.map(([, rule, file]) => `${rule} ${file}`));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [layer, specifier] of ALLOWED) {
    it(`accepts an import of ${specifier} from src/${layer}`, () => {
      assert.ok(!reported.has(`noRestrictedImports ${fileOf(layer, specifier)}`));
    });
  }

  for (const [layer, specifier] of REFUSED) {
    it(`refuses an import of ${specifier} from src/${layer}`, () => {
      assert.ok(reported.has(`noRestrictedImports ${fileOf(layer, specifier)}`));
    });
  }

  it('refuses an import cycle, also of types', () => {
    assert.ok(reported.has('noImportCycles core/a.ts') && reported.has('noImportCycles core/b.ts'));
  });
});
