import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

interface Connection {
  incoming: Socket;
  outgoing: Socket | null;
  /** Dead without a word: nothing passes any more, not even its end. */
  isSilent: boolean;
}

/**
 * A TCP proxy that fails on demand. For connections to come: `cut` refuses them, `hang` accepts them and never answers,
 * `mute` hands on what comes and keeps the answers. For open ones: `silence` lets them die without FIN or RST, `reset`
 * ends them by RST, `halve` passes half of the next answer and falls silent.
 */
export function faultyProxy(port: number, target: number) {
  const connections = new Set<Connection>();
  let mode: 'open' | 'hanging' | 'mute' = 'open';

  const server = createServer((incoming) => {
    const outgoing = mode === 'hanging' ? null : connect(target, '127.0.0.1');
    const connection: Connection = { incoming, outgoing, isSilent: false };
    connections.add(connection);
    incoming.on('error', () => incoming.destroy());
    incoming.on('close', () => {
      connections.delete(connection);
      outgoing?.destroy();
    });
    if (!outgoing) return void incoming.resume();
    outgoing.on('error', () => outgoing.destroy());
    outgoing.on('close', () => connection.isSilent || incoming.destroy());
    incoming.pipe(outgoing);
    if (mode === 'mute') outgoing.resume();
    else outgoing.pipe(incoming);
  });

  const fallSilent = (connection: Connection) => {
    connection.isSilent = true;
    const { incoming, outgoing } = connection;
    incoming.unpipe();
    incoming.resume();
    outgoing?.unpipe();
    outgoing?.resume();
  };
  const drop = () => {
    for (const { incoming } of connections) incoming.destroy();
  };
  const listen = async () => {
    if (!server.listening) await once(server.listen(port, '127.0.0.1'), 'listening');
  };
  const cut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    drop();
    await closed;
  };

  /** Open connections are dropped, so that callers come back and meet the new mode. */
  const become = (next: typeof mode) => async () => {
    mode = next;
    drop();
    await listen();
  };

  return {
    listen,
    cut,
    hang: become('hanging'),
    mute: become('mute'),
    restore: become('open'),
    /** Sends the connections to come elsewhere. */
    async retarget(port: number) {
      target = port;
      await become('open')();
    },
    silence() {
      for (const connection of connections) fallSilent(connection);
    },
    reset() {
      for (const { incoming } of connections) incoming.resetAndDestroy();
    },
    halve() {
      for (const connection of connections) {
        const { incoming, outgoing } = connection;
        outgoing?.unpipe();
        outgoing?.once('data', (answer: Buffer) => {
          incoming.write(answer.subarray(0, answer.length / 2));
          fallSilent(connection);
        });
        outgoing?.resume();
      }
    },
  };
}
