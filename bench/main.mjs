import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command } from '../scripts/lib/command.mjs';
import { root } from '../scripts/lib/project.mjs';
import { chart } from './lib/chart.mjs';
import { startEmulators } from './lib/emulators.mjs';
import { startFront } from './lib/front.mjs';
import { measure } from './lib/measure.mjs';
import { makeMemoryLimit } from './lib/memoryLimit.mjs';
import { shown } from './lib/shown.mjs';
import { environment } from './lib/work.mjs';

// The parts that can be asked for alone: cold, loads, means, warm, memory, growth. Their results replace the earlier ones.
const FULL = {
  rounds: 9,
  evictedRounds: 9,
  warm: { rounds: 9, seconds: 1.5 },
  sizes: [100, 10_000, 200_000],
  times: 300,
  batches: 50,
  queues: [1000, 20_000],
};
const QUICK = {
  rounds: 3,
  evictedRounds: 2,
  warm: { rounds: 2, seconds: 1.5 },
  sizes: [100, 10_000],
  times: 50,
  batches: 10,
  queues: [1000],
};

await command(async () => {
  const args = process.argv.slice(2);
  const quick = args.includes('--quick');
  const parts = args.filter((argument) => !argument.startsWith('--'));
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const memoryLimit = makeMemoryLimit();
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
    const found = await measure({
      ...(quick ? QUICK : FULL),
      quick,
      folder,
      production,
      direct,
      memoryLimit,
      parts,
    });
    const about = {
      takenAt: started.toISOString(),
      minutes: Math.round((Date.now() - started) / 60_000),
      node: process.version,
      cpus: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
      quick,
    };
    console.log(shown({ about, ...found }));
    const path = join(root, 'docs/bench', quick ? 'quick' : 'bench');
    const before =
      parts.length > 0 && existsSync(`${path}.json`) ? JSON.parse(readFileSync(`${path}.json`)) : {};
    const results = { ...before, about, ...found };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.json`, `${JSON.stringify(results, null, 2)}\n`);
    if (results.cold) writeFileSync(`${path}.svg`, chart(results));
    console.log(`Written to ${path}.json and .svg`);
  } finally {
    front.stop();
    await emulators.stop();
    memoryLimit?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});
