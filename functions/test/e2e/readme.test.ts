import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../support/project.ts';
import { suite } from '../support/suite.ts';

describe('the README', () => {
  it('has a curl sequence that goes from an account to a published tweet', async function () {
    this.timeout(30_000);
    const readme = readFileSync(join(repository, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/```bash\n(.*?)```/gs)].map(([, block = '']) => block);
    const sequence = blocks.find((block) => block.startsWith('BASE='));
    assert.ok(sequence);
    const here = sequence.replace('http://127.0.0.1:5000', suite.hostingUrl);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here]);
    assert.match(stdout, /^\{"status":"published","tweetId":"1790000000000000001","messageId":"projects\//);
  });
});
