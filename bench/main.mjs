import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../scripts/lib/command.mjs';
import { root } from '../scripts/lib/project.mjs';
import { chart } from './lib/chart.mjs';
import { startEmulators } from './lib/emulators.mjs';
import { startFront } from './lib/front.mjs';
import { measure } from './lib/measure.mjs';
import { shown } from './lib/shown.mjs';
import { environment } from './lib/work.mjs';

const FULL = {
  rounds: 9,
  evictedRounds: 9,
  warm: { rounds: 9, seconds: 2 },
  sizes: [100, 10_000, 200_000],
  times: 300,
  queues: [1000, 20_000],
};
const QUICK = {
  rounds: 3,
  evictedRounds: 2,
  warm: { rounds: 2, seconds: 2 },
  sizes: [100, 10_000],
  times: 100,
  queues: [1000],
};

await command(async () => {
  const args = process.argv.slice(2);
  const quick = args.includes('--quick');
  const parts = args.filter((argument) => !argument.startsWith('--'));
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const emulators = await startEmulators();
  const front = await startFront(emulators);
  try {
    const certificate = join(folder, 'certificate.pem');
    writeFileSync(certificate, front.certificate);
    const production = {
      ...environment(),
      NODE_EXTRA_CA_CERTS: certificate,
      BENCH_TLS_PORT: String(front.tlsPort),
      GCE_METADATA_HOST: `127.0.0.1:${front.metadataPort}`,
    };
    const direct = {
      ...environment(),
      FIRESTORE_EMULATOR_HOST: `127.0.0.1:${emulators.firestore}`,
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${emulators.pubsub}`,
    };
    process.env.FIRESTORE_EMULATOR_HOST = direct.FIRESTORE_EMULATOR_HOST;

    const started = new Date();
    const found = await measure({ ...(quick ? QUICK : FULL), quick, folder, production, direct, parts });
    const about = {
      takenAt: started.toISOString(),
      minutes: Math.round((Date.now() - started) / 60_000),
      node: process.version,
      cpus: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
      quick,
    };
    const results = { about, ...found };
    console.log(shown(results));
    if (parts.length > 0) return;
    const out = join(root, 'docs/bench');
    mkdirSync(out, { recursive: true });
    const name = quick ? 'quick' : 'bench';
    writeFileSync(join(out, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
    writeFileSync(join(out, `${name}.svg`), chart(results));
    console.log(`Written to docs/bench/${name}.json and ${name}.svg`);
  } finally {
    front.stop();
    await emulators.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
