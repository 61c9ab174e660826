import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.ts';
import { serveByFramework } from '../support/framework.ts';

const READERS = 20;

describe('a streamed answer', function () {
  this.timeout(30_000);
  const serve = (name: string, readerMs = 2000) =>
    serveByFramework(name, { TEST_READER_MS: String(readerMs) });
  type Server = Awaited<ReturnType<typeof serve>>;

  /** A reader that takes the beginning of the answer. */
  const read = async ({ port }: Server): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [beginning] = await once(socket, 'data');
    socket.pause();
    assert.match(String(beginning), /^HTTP\/1.1 200 /);
    return socket;
  };
  const failures = (server: Server) => server.logged().filter(({ message }) => message === 'stream_failed');

  it('ends when its reader stops reading, and twenty of them leave room for the next', async () => {
    const server = await serve('endless');
    try {
      const stalled = await Promise.all(Array.from({ length: READERS }, () => read(server)));
      // All permits are taken until then.
      const next = await read(server);
      await eventually('all have ended', () => failures(server).length >= READERS, 15_000);
      for (const { severity, reason } of failures(server)) {
        assert.deepEqual([severity, reason], ['WARNING', 'The reader took nothing for 2 s.']);
      }
      for (const socket of [...stalled, next]) socket.destroy();
    } finally {
      await server.stop();
    }
  });

  it('goes on for a reader that is slow', async () => {
    const server = await serve('endless', 5000);
    try {
      const socket = await read(server);
      let bytes = 0;
      for (let pause = 0; pause < 3; pause += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        // More than the system keeps for a reader.
        for await (const data of socket.iterator({ destroyOnReturn: false })) {
          bytes += data.length;
          if (bytes > (pause + 1) * 10_000_000) break;
        }
      }
      assert.deepEqual(failures(server), []);
      socket.destroy();
    } finally {
      await server.stop();
    }
  });

  it('breaks off when its source goes silent', async () => {
    const server = await serve('silent', 30_000);
    try {
      const socket = await read(server);
      const received: string[] = [];
      socket.on('data', (data) => received.push(String(data))).resume();
      if (!socket.closed) await once(socket, 'close');
      assert.ok(!received.join('').endsWith('0\r\n\r\n'), 'it does not look complete');
      await eventually('it is logged', () => failures(server).length > 0);
      assert.deepEqual([failures(server)[0]?.severity, failures(server).length], ['ERROR', 1]);
    } finally {
      await server.stop();
    }
  });
});
