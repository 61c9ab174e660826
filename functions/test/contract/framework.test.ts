import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { DEFAULT_BODY } from '../../src/http/endpoint.ts';
import { type ProblemCode, problemSchema } from '../../src/http/problem.ts';
import { assertDocumented } from '../support/documented.ts';
import { eventually } from '../support/eventually.ts';
import { serveByFramework } from '../support/framework.ts';
import { watchMemory } from '../support/peakMemory.ts';

const LIMIT = 40;

describe('a function behind the framework of the platform', () => {
  let server: Awaited<ReturnType<typeof serveByFramework>>;
  let url: string;
  before(async () => {
    server = await serveByFramework('register');
    assert.notEqual(server.port, 0, server.output());
    url = `http://127.0.0.1:${server.port}`;
  });
  after(() => server.stop());

  let callers = 0;
  /** A request of a caller of its own, so that the rate limit counts each for itself. */
  const send = (
    body: string | Uint8Array | ReadableStream,
    headers: Record<string, string> = {},
    path = '/',
  ) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `10.0.0.${callers++}`, ...headers },
      body,
      duplex: 'half',
    } as RequestInit);
  const assertProblem = async (response: Response, code: ProblemCode) => {
    const text = await response.text();
    assert.match(response.headers.get('Content-Type') ?? '', /^application\/problem\+json/, text);
    const body = problemSchema.parse(JSON.parse(text));
    assert.deepEqual([body.code, body.status], [code, response.status]);
    const { status, headers } = response;
    // A path that is not there is none of the document's.
    const template = '/api/auth/register';
    if (code !== 'not_found') assertDocumented({ method: 'POST', template, status, headers, text });
    assert.equal(response.headers.get('X-Powered-By'), null);
    return body;
  };

  it('gets the body as it was sent: its fields are validated', async () => {
    const body = await assertProblem(await send('{"email":"x","password":1}'), 'invalid_request');
    assert.deepEqual(
      body.errors?.map(({ path }) => path),
      ['email', 'password'],
    );
  });

  it('answers JSON that is none by itself, in place of a page of the framework', async () => {
    for (const text of ['{', '{"email":', 'x', '{"a":1}}', '']) {
      await assertProblem(await send(text), 'malformed_json');
    }
    await assertProblem(await send(Buffer.from('{"email":"\xff"}', 'latin1')), 'malformed_json');
  });

  it('sees the type that the caller sent, also where the framework would parse it', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/cloudevents+json'];
    for (const type of [...types, 'application/json; charset=foo', 'application/octet-stream']) {
      await assertProblem(await send('{}', { 'Content-Type': type }), 'unsupported_media_type');
    }
  });

  it('takes no compressed body, be it a good one or a broken one', async () => {
    for (const [encoding, body] of [
      ['gzip', gzipSync('{}')],
      ['gzip', 'not gzip'],
      ['br', '{}'],
      ['x-unknown', '{}'],
    ] as [string, string | Uint8Array][]) {
      await assertProblem(await send(body, { 'Content-Encoding': encoding }), 'unsupported_media_type');
    }
    await assertProblem(await send('{}', { 'Content-Encoding': 'identity' }), 'invalid_request');
  });

  it('refuses a body that is too large, whether or not it declares its size', async () => {
    const large = 'x'.repeat(DEFAULT_BODY.limitBytes + 1);
    await assertProblem(await send(large), 'payload_too_large');
    await assertProblem(await send(new Blob([large]).stream()), 'payload_too_large');
  });

  it('keeps nothing of what is too large in a body that declares no length', async () => {
    const mebibyte = new Uint8Array(2 ** 20);
    let left = 200;
    const body = new ReadableStream({
      pull(controller) {
        left -= 1;
        if (left < 0) controller.close();
        else controller.enqueue(mebibyte);
      },
    });
    const before = await watchMemory(server.child.pid as number).end();
    const memory = watchMemory(server.child.pid as number);
    await assertProblem(await send(body), 'payload_too_large');
    const grown = (await memory.end()) - before;
    // What is sent is garbage for a while; kept, it was 338 MiB.
    assert.ok(grown < 200, `${grown} MiB`);
  }).timeout(20_000);

  it('does not wait for a body that declares to be too large', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const head =
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30000000\r\n\r\n';
    socket.write(`${head}{"email":"`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
  });

  it('answers a path that cannot be decoded, and any other that is not its own, with 404', async () => {
    for (const path of ['/%E0%A4%A', '/%', '/api/nothing', '//', '/api/auth/register/']) {
      await assertProblem(await send('{}', {}, path), 'not_found');
    }
    await assertProblem(await send('{}', {}, '/api/auth/register?x=1'), 'invalid_request');
  });

  it('answers other methods itself [ASVS 3.5.3]', async () => {
    const response = await fetch(url);
    await assertProblem(response, 'method_not_allowed');
    assert.equal(response.headers.get('Allow'), 'POST, OPTIONS');
  });

  it('lets no other origin in, where the emulator would let in all [ASVS 13.4.2]', async () => {
    const preflight = (Origin: string) =>
      fetch(url, { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST' } });
    const stranger = await preflight('https://evil.example');
    assert.deepEqual([stranger.status, stranger.headers.get('Access-Control-Allow-Origin')], [204, null]);
    const extension = await preflight('chrome-extension://abc');
    assert.equal(extension.headers.get('Access-Control-Allow-Origin'), 'chrome-extension://abc');
    assert.equal(extension.headers.get('Access-Control-Allow-Methods'), 'POST');
    const real = await send('{}', { Origin: 'https://evil.example' });
    assert.equal(real.headers.get('Access-Control-Allow-Origin'), null);
  });

  it('counts callers by the address that the platform adds, not by what they write before it', async () => {
    const health = await serveByFramework('health', { PUBLIC_RATE_LIMIT_PER_MINUTE: String(LIMIT) });
    const statusFor = async (forwarded: string) =>
      (await fetch(`http://127.0.0.1:${health.port}/`, { headers: { 'X-Forwarded-For': forwarded } })).status;
    const statuses: number[] = [];
    // Twice the limit, in case a new minute begins meanwhile.
    for (let count = 0; count <= 2 * LIMIT; count += 1)
      statuses.push(await statusFor(`10.1.0.${count}, 192.0.2.1`));
    assert.ok(statuses.includes(429));
    assert.notEqual(await statusFor('192.0.2.1, 192.0.2.99'), 429);
    await health.stop();
  });

  it('logs each request as one JSON line with its severity, message and request id', async () => {
    await send('{', { 'X-Request-Id': 'log-line-1' });
    const lines = () => server.logged().filter(({ requestId }) => requestId === 'log-line-1');
    await eventually('the line', () => lines().length > 0);
    assert.equal(lines().length, 1);
    const { severity, message, endpoint, status, code } = lines()[0] ?? {};
    assert.deepEqual(
      { severity, message, endpoint, status, code },
      { severity: 'INFO', message: 'request', endpoint: 'register', status: 400, code: 'malformed_json' },
    );
  });
});
