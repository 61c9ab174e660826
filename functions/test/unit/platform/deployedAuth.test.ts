import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const support = join(import.meta.dirname, '../../support');
const tls = (file: string) => join(support, 'tls', file);
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

/** The parts of Google that a deployed function meets, and a process that commits as one does. */
describe('Firestore in a deployed function', function () {
  this.timeout(60_000);
  const servers: Server[] = [];
  const listen = async <S extends Server>(server: S) => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return portOf(server);
  };
  let isMute = false;
  let requests: (string | undefined)[] = [];
  let authorized: (string | undefined)[] = [];
  let child: ChildProcess;
  let answers: Interface;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    const firestore = createSecureServer({
      key: readFileSync(tls('key.pem')),
      cert: readFileSync(tls('certificate.pem')),
    });
    firestore.on('stream', (stream, headers) => {
      authorized.push(headers.authorization);
      stream.resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      // An empty CommitResponse.
      stream.end(Buffer.alloc(5));
    });
    const firestorePort = await listen(firestore as unknown as Server);

    const metadata = createServer((request, response) => {
      requests.push(request.url);
      if (isMute) return;
      response.setHeader('Metadata-Flavor', 'Google');
      response.end(JSON.stringify({ access_token: 'the-token', expires_in: 3600, token_type: 'Bearer' }));
    });
    const metadataPort = await listen(metadata);

    const proxy = createServer();
    proxy.on('connect', ({ url }, socket) => {
      assert.equal(url, 'firestore.googleapis.com:443');
      const target = connect(firestorePort, '127.0.0.1');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
      for (const each of [socket, target]) each.on('error', () => each.destroy());
    });
    const proxyPort = await listen(proxy);

    environment = {
      ...process.env,
      FIRESTORE_EMULATOR_HOST: undefined,
      GCLOUD_PROJECT: 'a-project',
      K_SERVICE: 'capture',
      GCE_METADATA_HOST: `127.0.0.1:${metadataPort}`,
      grpc_proxy: `http://127.0.0.1:${proxyPort}`,
      no_grpc_proxy: '',
      NODE_V8_COVERAGE: '',
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: tls('certificate.pem'),
    };
  });
  beforeEach(() => {
    requests = [];
    authorized = [];
    child = spawn(process.execPath, [join(support, 'openDatabase.ts')], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    answers = createInterface(child.stdout as NodeJS.ReadableStream);
  });
  afterEach(() => child.kill());
  after(() => {
    for (const server of servers) {
      server.close();
      (server as unknown as { closeAllConnections?(): void }).closeAllConnections?.();
    }
  });

  const commit = async () => {
    const answer = once(answers, 'line');
    child.stdin?.write('\n');
    return JSON.parse((await answer)[0]) as { outcome: string; milliseconds: number };
  };

  it('commits with a token of the metadata server, which it requests once', async () => {
    isMute = false;
    assert.equal((await commit()).outcome, 'committed');
    assert.equal((await commit()).outcome, 'committed');
    assert.deepEqual(authorized, ['Bearer the-token', 'Bearer the-token']);
    assert.deepEqual(requests, ['/computeMetadata/v1/instance/service-accounts/default/token']);
  });

  it('fails in time while the metadata server is silent from the start, and works as soon as it answers', async () => {
    isMute = true;
    const { outcome, milliseconds } = await commit();
    assert.match(outcome, /no access token within 2500 ms/);
    assert.ok(milliseconds < 20_000, `${milliseconds} ms`);
    isMute = false;
    assert.equal((await commit()).outcome, 'committed');
  });
});
