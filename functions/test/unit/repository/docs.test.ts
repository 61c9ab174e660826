import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { OLDEST_NODE } from '../../../../scripts/cli/setup.mjs';
import * as endpoints from '../../../src/app/endpoints.ts';
import { PARAMETERS } from '../../../src/config/parameters.ts';
import { SECRETS } from '../../../src/config/secrets.ts';
import { bashBlocks, CLOUD } from '../../support/docs.ts';
import { repository } from '../../support/project.ts';
import { readFile, sourceFiles } from '../../support/repositoryFiles.ts';

const documents = sourceFiles().filter((file) => file.endsWith('.md'));

describe('the README', () => {
  it('names the oldest Node that the commands run on, and npm knows it', () => {
    assert.ok(readFile('README.md').includes(`Node ${OLDEST_NODE} or newer`));
    assert.equal(JSON.parse(readFile('package.json')).engines.node, `>=${OLDEST_NODE}`);
  });

  it('has at most 130 lines', () => assert.ok(readFile('README.md').split('\n').length <= 131));
});

describe('docs/api.md', () => {
  const text = readFile('docs/api.md');

  it('lists exactly the endpoints that exist', () => {
    const listed = [...text.matchAll(/^\| `((?:GET|POST|DELETE) \/api\/\S*)` \|/gm)].map(([, name]) => name);
    const existing = Object.values(endpoints).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(listed.sort(), existing.sort());
  });
});

describe('docs/configuration.md', () => {
  const text = readFile('docs/configuration.md');
  for (const name of [...Object.keys(PARAMETERS), ...SECRETS]) {
    it(`has a row for ${name}`, () => assert.ok(text.includes(`\n| \`${name}\` | `)));
  }
});

describe('docs/adr/README.md', () => {
  const rows = readFile('docs/adr/README.md').split('\n');

  for (const file of sourceFiles('docs/adr').filter((name) => !name.endsWith('README.md'))) {
    it(`lists ${file} with its title, status and date`, () => {
      const text = readFile(file);
      const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
      const [status, date] = ['Status', 'Date'].map(
        (name) => new RegExp(`^- ${name}: (.+)$`, 'm').exec(text)?.[1],
      );
      const row = `| ${number} | [${title}](${basename(file)}) | ${status} | ${date} |`;
      assert.ok(rows.includes(row), `Add this row to docs/adr/README.md: ${row}`);
    });
  }
});

describe('the bash blocks of all documents', () => {
  for (const file of documents) {
    for (const { line, test, commands } of bashBlocks(readFile(file))) {
      it(`are run by a test or marked as needing a cloud project: ${file}:${line}`, () => {
        assert.ok(test, `Put <!-- ${CLOUD} --> or <!-- run by <test> --> on the line before the block.`);
        if (test !== CLOUD) assertRuns(test, file, commands);
      });
    }
  }

  /** A test runs the blocks of a file that it reads, or names the npm scripts that a block calls. */
  function assertRuns(test: string, file: string, commands: string) {
    const code = readFile(test);
    if (code.includes(`'${file}'`)) return;
    const scripts = [...commands.matchAll(/^ *npm (?:run )?([\w-]+)/gm)].map(([, name = '']) => name);
    assert.ok(scripts.length > 0, `${test} does not read ${file}`);
    for (const name of scripts) {
      assert.match(code, new RegExp(`npm (run )?${name}\\b|scripts/${name}[./]`), `${test}: ${name}`);
    }
  }
});

describe('the tests that documents run by a part of their titles', () => {
  const tests = sourceFiles().filter(
    (file) => /\.test\.(ts|mjs)$/.test(file) && !file.endsWith('/docs.test.ts'),
  );

  for (const file of documents) {
    for (const [, quoted, bare] of readFile(file).matchAll(/--grep (?:"([^"]+)"|([\w-]+))/g)) {
      const part = quoted ?? bare ?? '';
      it(`exist: ${part} in ${file}`, () => assert.ok(tests.some((test) => readFile(test).includes(part))));
    }
  }
});

describe('the links of all documents', () => {
  const anchorsOf = (file: string) => {
    const headings = [...withoutCode(readFile(file)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      slug(title),
    );
    return headings.map((title, index) => {
      const before = headings.slice(0, index).filter((other) => other === title).length;
      return before === 0 ? title : `${title}-${before}`;
    });
  };

  for (const file of documents) {
    it(`resolve in ${file}`, () => {
      const links = [...withoutCode(readFile(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(
        ([, link = '']) => link,
      );
      for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : normalize(join(dirname(file), path));
        assert.ok(existsSync(join(repository, target)), link);
        if (anchor) assert.ok(anchorsOf(target).includes(anchor), link);
      }
    });
  }
});

/** As GitHub makes an anchor of a heading. */
function slug(title: string): string {
  const text = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return text
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

const withoutCode = (text: string) =>
  text.replace(/^( *)```.*?^\1```$/gms, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));
