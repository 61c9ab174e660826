import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from '../scripts/build/build.mjs';
import { runCommand } from '../scripts/cli/command.mjs';
import { checkJava } from '../scripts/emulators/checkJava.mjs';
import { untilStopped } from '../scripts/process/signals.mjs';
import { root } from '../scripts/project.mjs';
import { chart } from './lib/chart.mjs';
import { environment } from './lib/contestants.mjs';
import { startEmulators } from './lib/emulators.mjs';
import { measure } from './lib/measure.mjs';
import { makeMemoryLimit } from './lib/memoryLimit.mjs';
import { formatReport } from './lib/report.mjs';
import { startTlsProxy } from './lib/tlsProxy.mjs';

const FULL = { rounds: 9, limitedRounds: 9, warm: { rounds: 9, seconds: 1.5 } };
const STOPPED_EXIT_CODE = 130;
const QUICK = { rounds: 3, limitedRounds: 2, warm: { rounds: 2, seconds: 1.5 } };

await runCommand('bench', async ({ quick: isQuick = false, arguments: parts }) => {
  await checkJava();
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const memoryLimit = makeMemoryLimit();
  const stopped = untilStopped().then(() => undefined);
  const emulators = await startEmulators();
  const proxy = await startTlsProxy(emulators);
  try {
    const certificate = join(folder, 'certificate.pem');
    writeFileSync(certificate, proxy.certificate);
    const production = {
      ...environment(),
      NODE_EXTRA_CA_CERTS: certificate,
      BENCH_TLS_PORT: String(proxy.tlsPort),
      GCE_METADATA_HOST: `127.0.0.1:${proxy.metadataPort}`,
    };
    const direct = {
      ...environment(),
      FIRESTORE_EMULATOR_HOST: `127.0.0.1:${emulators.firestore}`,
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${emulators.pubsub}`,
    };
    process.env.FIRESTORE_EMULATOR_HOST = direct.FIRESTORE_EMULATOR_HOST;

    const started = new Date();
    const amounts = isQuick ? QUICK : FULL;
    const measuring = measure({ ...amounts, folder, production, direct, memoryLimit, parts });
    const measured = await Promise.race([measuring, stopped]);
    if (measured === undefined) return STOPPED_EXIT_CODE;
    const about = {
      takenAt: started.toISOString(),
      minutes: Math.round((Date.now() - started) / 60_000),
      node: process.version,
      cpus: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
      quick: isQuick,
    };
    console.log(formatReport({ about, ...measured }));
    const path = join(root, 'docs/bench', isQuick ? 'quick' : 'bench');
    const previous =
      parts.length > 0 && existsSync(`${path}.json`) ? JSON.parse(readFileSync(`${path}.json`)) : {};
    const results = { ...previous, about, ...measured };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.json`, `${JSON.stringify(results, null, 2)}\n`);
    if (results.cold) writeFileSync(`${path}.svg`, chart(results));
    console.log(`Wrote ${path}.json and .svg.`);
  } finally {
    proxy.stop();
    await emulators.stop();
    memoryLimit?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});
