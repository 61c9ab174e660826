import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * A TCP proxy that fails on demand: `cut` refuses every connection, `hang` accepts them and never answers, `mute`
 * hands on what comes and keeps the answers.
 */
export function faultyProxy(port: number, target: number) {
  const sockets = new Set<Socket>();
  let mode: 'open' | 'hanging' | 'mute' = 'open';

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };

  const server = createServer((incoming) => {
    track(incoming);
    if (mode === 'hanging') return void incoming.resume();
    const outgoing = track(connect(target, '127.0.0.1'));
    incoming.pipe(outgoing);
    if (mode === 'mute') outgoing.resume();
    else outgoing.pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });

  const drop = () => {
    for (const socket of sockets) socket.destroy();
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
  };
}
