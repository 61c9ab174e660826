import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../support/project.ts';

describe('a suite', () => {
  it('fails on a rejection that nobody handles, though every test passes', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'unhandled-'));
    const file = join(folder, 'some.test.js');
    writeFileSync(file, "it('passes', () => void Promise.reject(new Error('unheard')));");
    const functions = join(repository, 'functions');
    const mocha = join(functions, 'node_modules/mocha/bin/mocha.js');
    const { status, stdout } = spawnSync(process.execPath, [mocha, file], {
      cwd: functions,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    assert.notEqual(status, 0, stdout);
    assert.match(stdout, /A rejection that nobody handles/);
  });
});
