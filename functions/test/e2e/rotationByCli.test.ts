import assert from 'node:assert/strict';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firebaseCliOf } from '../../../scripts/rotation/firebaseCli.mjs';

const KEY = 'a key of this test that is on no disk';
const ORIGINS = [
  'CLOUD_SECRET_MANAGER_URL',
  'FIREBASE_TOKEN_URL',
  'FIREBASE_FUNCTIONS_URL',
  'FIREBASE_FUNCTIONS_V2_URL',
  'FIREBASE_SERVICE_USAGE_URL',
  'FIREBASE_RESOURCEMANAGER_URL',
  'FIREBASE_API_URL',
];
const NAME = 'projects/1/secrets/JWT_SECRET_KEY';
const holder = {
  name: 'projects/my-tweets/locations/us-central1/functions/login',
  state: 'ACTIVE',
  environment: 'GEN_2',
  buildConfig: { runtime: 'nodejs22', entryPoint: 'login', source: {} },
  serviceConfig: {
    uri: 'https://login.example',
    secretEnvironmentVariables: ['JWT_SECRET_KEY', 'JWT_SECRET_KEY_PREVIOUS'].map((secret) => ({
      key: secret,
      secret,
      projectId: '1',
      version: '7',
    })),
  },
};

/** What Google's APIs answer to the requests that the commands of a rotation make. */
function answerTo(path: string, body: string): object {
  if (path.endsWith('/token')) return { access_token: 'token', expires_in: 3600 };
  if (path.includes('/services/')) return { state: 'ENABLED' };
  if (path.endsWith(':testIamPermissions')) return { permissions: JSON.parse(body).permissions };
  if (path.endsWith(':access')) return { payload: { data: Buffer.from(`${KEY}\n`).toString('base64') } };
  if (path.endsWith(':addVersion')) return { name: `${NAME}/versions/8`, state: 'ENABLED' };
  if (path.endsWith('/versions')) {
    const createTime = '2026-01-01T00:00:00.123456Z';
    return {
      versions: [
        { name: `${NAME}/versions/9`, state: 'DESTROYED', createTime },
        { name: `${NAME}/versions/10`, state: 'ENABLED', createTime },
      ],
    };
  }
  if (path.endsWith('/secrets/JWT_SECRET_KEY')) return { name: NAME, labels: { 'firebase-managed': 'true' } };
  if (path.startsWith('/v2/')) return { functions: [holder] };
  return { projectId: 'my-tweets', projectNumber: '1', functions: [] };
}

describe('a rotation by the installed Firebase CLI', function () {
  this.timeout(300_000);
  let folder: string;
  const found: string[] = [];
  const added: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.endsWith(':addVersion')) {
      added.push(Buffer.from(JSON.parse(body).payload.data, 'base64').toString());
      await sleep(500); // the CLI writes its log meanwhile
      found.push(...filesWith(folder, [KEY, Buffer.from(KEY).toString('base64')]));
    }
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answerTo(path, body)));
  });
  const before = { ...process.env };
  const cli = firebaseCliOf('my-tweets');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const name of ORIGINS) process.env[name] = origin;
    Object.assign(process.env, { FIREBASE_TOKEN: 'token', TMPDIR: folder, NODE_V8_COVERAGE: '' });
  });
  afterEach(async () => {
    for (const name of [...ORIGINS, 'FIREBASE_TOKEN', 'TMPDIR', 'NODE_V8_COVERAGE']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('reads keys, versions and functions, and stores a key without a trace on the disk', async () => {
    assert.equal(await cli.access('JWT_SECRET_KEY', '10'), KEY);
    const createdAt = new Date('2026-01-01T00:00:00.123Z');
    assert.deepEqual(await cli.versions('JWT_SECRET_KEY'), [
      { version: '10', isEnabled: true, createdAt },
      { version: '9', isEnabled: false, createdAt },
    ]);
    const versions = { JWT_SECRET_KEY: '7', JWT_SECRET_KEY_PREVIOUS: '7' };
    assert.deepEqual(await cli.functions(), [{ name: 'login', versions }]);
    await cli.set('JWT_SECRET_KEY', KEY);
    assert.deepEqual(added, [KEY]);
    assert.deepEqual(found, []);
  });
});

/** The regular files below a folder that hold any of these texts. */
function filesWith(folder: string, texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile())
    .filter((path) => texts.some((text) => readFileSync(path, 'utf8').includes(text)));
}
