import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** How a commit fails: with a gRPC status, or by RST_STREAM; before the backend sees it, or after it was applied. */
export interface Fault {
  by: number | 'reset';
  isApplied: boolean;
}

/** Both kinds of commit: of a transaction or batch, and of a BulkWriter. */
const COMMITS = /\/google\.firestore\.v1\.Firestore\/(Commit|BatchWrite)$/;

/** An HTTP/2 proxy in front of Firestore (`host:port`, without TLS) that makes chosen commits fail. */
export async function startGrpcProxy(target: string) {
  let faultOf: (nth: number) => Fault | null = () => null;
  let commits = 0;
  const upstreams = new Set<ClientHttp2Session>();

  const server = createServer();
  server.on('session', (session) => {
    session.on('error', () => {});
    const upstream = connect(`http://${target}`).on('error', () => session.destroy());
    upstreams.add(upstream);
    session.on('close', () => upstream.destroy());
    upstream.on('close', () => upstreams.delete(upstream));
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      const isCommit = COMMITS.test(String(headers[':path']));
      const fault = isCommit ? faultOf(commits++) : null;
      if (fault && !fault.isApplied) return fail(stream.resume(), fault);
      forward(upstream, stream, headers, fault);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: (server.address() as AddressInfo).port,
    /** Counts commits from 0 on again, and chooses which of them fail from here on. */
    choose(next: typeof faultOf) {
      commits = 0;
      faultOf = next;
    },
    commits: () => commits,
    stop() {
      for (const upstream of upstreams) upstream.destroy();
      server.close();
    },
  };
}

/** Hands a call on and its answer back; with a fault, the answer is kept and the call fails once it is there. */
function forward(
  upstream: ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  fault: Fault | null,
): void {
  const call = upstream.request(headers);
  stream.pipe(call);
  stream.on('close', () => call.close());
  call.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  if (fault) {
    call.resume().on('end', () => fail(stream, fault));
    return;
  }
  let trailers: IncomingHttpHeaders = {};
  call.on('trailers', (sent) => {
    trailers = sent;
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  call.on('response', ({ ':status': status, ...answered }, flags) => {
    const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(
      { ':status': status, ...answered },
      isWhole ? { endStream: true } : { waitForTrailers: true },
    );
    if (!isWhole) call.pipe(stream);
  });
}

function fail(stream: ServerHttp2Stream, { by }: Fault): void {
  if (stream.destroyed) return;
  if (by === 'reset') {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const status = { 'grpc-status': String(by), 'grpc-message': 'a fault of the test' };
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
}
