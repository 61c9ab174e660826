import { createServer } from 'node:http';
import { connect } from 'node:net';
import tls from 'node:tls';
import forge from 'node-forge';

const NAMES = ['firestore.googleapis.com', 'pubsub.googleapis.com'];

/**
 * Starts a TLS proxy with Google's host names in front of the emulators, and a metadata server that issues tokens. Returns
 * their ports and the certificate to trust.
 */
export async function startTlsProxy({ firestore, pubsub }) {
  const { key, cert } = selfSigned();
  const secure = tls.createServer({ key, cert, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    const emulator = connect(socket.servername === NAMES[1] ? pubsub : firestore, '127.0.0.1');
    socket.setNoDelay().pipe(emulator.setNoDelay()).pipe(socket);
    for (const end of [socket, emulator])
      end.on('error', () => [socket, emulator].map((one) => one.destroy()));
  });
  const metadata = createServer(({ url }, response) => {
    response.setHeader('Metadata-Flavor', 'Google');
    if (url.includes('/token')) {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ access_token: 'owner', expires_in: 3599, token_type: 'Bearer' }));
    } else if (url.includes('universe')) {
      response.end('googleapis.com');
    } else {
      response.end('demo-bench');
    }
  });
  await Promise.all(
    [secure, metadata].map((server) => new Promise((done) => server.listen(0, '127.0.0.1', done))),
  );
  return {
    certificate: cert,
    tlsPort: secure.address().port,
    metadataPort: metadata.address().port,
    stop: () => [secure, metadata].map((server) => server.close()),
  };
}

function selfSigned() {
  const { publicKey, privateKey } = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: 'bench' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'bench' }]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: NAMES.map((value) => ({ type: 2, value })) },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  return { key: forge.pki.privateKeyToPem(privateKey), cert: forge.pki.certificateToPem(certificate) };
}
