import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ProblemCode, problemSchema } from '../../src/http/problem.ts';
import { eventually } from '../support/eventually.ts';
import { serveByFramework } from '../support/framework.ts';

const DEADLINE_MS = 1500;

/** A connection that has sent the head of a request and the beginning of its body. */
async function begin(port: number, head: string[], beginning: string, caller: string) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const common = ['Host: x', 'Content-Type: application/json', `X-Forwarded-For: ${caller}`];
  socket.write(`${[...head, ...common].join('\r\n')}\r\n\r\n${beginning}`);
  const received: string[] = [];
  socket.on('data', (data) => received.push(String(data)));
  socket.on('error', () => {});
  return { socket, text: () => received.join('') };
}

type Begun = Awaited<ReturnType<typeof begin>>;

const answerOf = async ({ text }: Begun) => {
  await eventually('the answer', () => text().includes('\r\n\r\n'));
  const [head = '', body = ''] = text().split('\r\n\r\n', 2);
  return { head, body };
};

const assertProblem = async (begun: Begun, code: ProblemCode) => {
  const { head, body } = await answerOf(begun);
  const problem = problemSchema.parse(JSON.parse(body));
  assert.equal(problem.code, code);
  assert.match(head, new RegExp(`^HTTP/1.1 ${problem.status} `));
  return head;
};

const closed = async (socket: Socket) => {
  if (!socket.closed) await once(socket, 'close');
};

describe('a body that arrives slowly', function () {
  this.timeout(30_000);
  let echo: Awaited<ReturnType<typeof serveByFramework>>;
  let batch: typeof echo;
  let callers = 0;
  before(async () => {
    echo = await serveByFramework('echo');
    batch = await serveByFramework('bulk');
  });
  after(() => Promise.all([echo.stop(), batch.stop()]));
  const post = (
    port: number,
    lines: string[],
    beginning = '',
    path = port === batch.port ? '/api/tweets/batch' : '/',
  ) => begin(port, [`POST ${path} HTTP/1.1`, ...lines], beginning, `10.2.0.${callers++}`);

  it('is not waited for without a token: the answer comes at once, and the connection closes', async () => {
    const bodies = [['Content-Length: 6000000'], ['Transfer-Encoding: chunked']];
    const encoded = ['Content-Length: 60', 'Content-Encoding: gzip'];
    for (const lines of [...bodies, encoded]) {
      const begun = await post(batch.port, lines, '1\r\n{');
      const head = await assertProblem(begun, 'unauthenticated');
      assert.match(head, /^Connection: close$/im);
      await closed(begun.socket);
    }
  });

  it('does not keep its sender from reading the answer', async () => {
    let left = 100;
    const body = new ReadableStream({
      async pull(controller) {
        left -= 1;
        if (left < 0) controller.close();
        else controller.enqueue(new Uint8Array(60_000));
        await new Promise((resolve) => setTimeout(resolve, 80));
      },
    });
    const startedAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${batch.port}/api/tweets/batch`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    assert.equal(response.status, 401);
    assert.equal(problemSchema.parse(await response.json()).code, 'unauthenticated');
    // All of it takes 8 s.
    assert.ok(performance.now() - startedAt < 6000);
  });

  it('is given up at its deadline with 408, and the connection closes', async () => {
    const startedAt = performance.now();
    const begun = await post(echo.port, ['Content-Length: 1000'], '{"email":"');
    const head = await assertProblem(begun, 'request_timeout');
    assert.ok(performance.now() - startedAt >= DEADLINE_MS - 10);
    assert.match(head, /^Connection: close$/im);
    await closed(begun.socket);
  });

  it('keeps no other request waiting, even twenty of them', async () => {
    const slow = await Promise.all(
      Array.from({ length: 20 }, () => post(echo.port, ['Content-Length: 9'], '{')),
    );
    const fast = await post(echo.port, ['Content-Length: 1'], '{');
    await assertProblem(fast, 'malformed_json');
    assert.equal(slow.filter(({ text }) => text() !== '').length, 0, 'before any of the slow ones ended');
    for (const begun of slow) await assertProblem(begun, 'request_timeout');
    fast.socket.destroy();
  });

  it('is read whole where it arrives in time, byte by byte', async () => {
    const begun = await post(echo.port, ['Content-Length: 40']);
    for (const byte of `{"email":"x","password":7}`.padEnd(40)) begun.socket.write(byte);
    await assertProblem(begun, 'invalid_request');
    const chunked = await post(echo.port, ['Transfer-Encoding: chunked']);
    const text = JSON.stringify({ email: 'x', password: 7, more: 'x'.repeat(6000) });
    chunked.socket.write([...text].map((byte) => `1\r\n${byte}\r\n`).join(''));
    chunked.socket.write('0\r\n\r\n');
    await assertProblem(chunked, 'invalid_request');
    for (const { socket } of [begun, chunked]) socket.destroy();
  });

  it('ends with its connection', async () => {
    const begun = await post(echo.port, ['Content-Length: 9', 'X-Request-Id: gone-away'], '{');
    begun.socket.destroy();
    const lines = () => echo.logged().filter(({ requestId }) => requestId === 'gone-away');
    await eventually('the request is logged', () => lines().length > 0);
    assert.equal(lines()[0]?.code, 'request_timeout');
  });

  it('leaves a connection open that has brought the whole of it', async () => {
    const begun = await post(batch.port, ['Content-Length: 2'], '{}');
    const head = await assertProblem(begun, 'unauthenticated');
    assert.doesNotMatch(head, /^Connection: close$/im);
    begun.socket.destroy();
  });
});
