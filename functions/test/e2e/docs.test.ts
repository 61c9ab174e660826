import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BashBlock, bashBlocks } from '../support/docs.ts';
import { repository } from '../support/project.ts';
import { readFile } from '../support/repositoryFiles.ts';
import { suite } from '../support/suite.ts';

const HERE = 'functions/test/e2e/docs.test.ts';
const END = '-- end of the block --';
/** Fails at an error status, and runs npm in the repository; the current folder is a temporary one. */
const PREPARATION = `
curl() { command curl --fail-with-body "$@"; }
npm() { command npm --prefix '${repository}' "$@"; }
`;

/** The commands for the emulators of the tests instead of those of npm start. */
const onSuite = (commands: string) =>
  commands
    .replaceAll('http://127.0.0.1:5000', suite.hostingUrl)
    .replaceAll('127.0.0.1:8085', suite.pubsubHost)
    .replaceAll('demo-tweet-capture', suite.projectId);

/** Runs the blocks in one bash session. Returns what each of them printed. */
async function run(blocks: BashBlock[]): Promise<string[]> {
  const commands = blocks.map((block) => `${block.commands}\necho; echo '${END}'`).join('\n');
  const script = PREPARATION + onSuite(commands);
  const cwd = await mkdtemp(join(tmpdir(), 'docs-'));
  try {
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd });
    return stdout.split(`\n${END}\n`);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** The names of all fields of a JSON value, with the values of `status`; an array stands for its first entry. */
function shapeOf(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map((entry) => shapeOf(entry));
  if (value === null || typeof value !== 'object') return name === 'status' ? value : 'any';
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, shapeOf(field, key)]));
}

describe('the commands of the documentation', function () {
  this.timeout(240_000);

  for (const file of ['README.md', 'docs/api.md', 'examples/consumer/README.md']) {
    it(`run from top to bottom and answer as documented: ${file}`, async () => {
      const blocks = bashBlocks(readFile(file)).filter(({ test }) => test === HERE);
      assert.ok(blocks.length > 0);
      const outputs = await run(blocks);
      for (const [index, { line, answer }] of blocks.entries()) {
        if (answer === undefined) continue;
        const output = outputs[index] ?? '';
        assert.deepEqual(
          shapeOf(JSON.parse(output)),
          shapeOf(JSON.parse(answer)),
          `${file}:${line}: ${output}`,
        );
      }
    });
  }
});
