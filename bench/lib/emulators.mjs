import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../scripts/lib/command.mjs';
import { findEmulators } from '../../scripts/lib/emulators.mjs';
import { keep } from '../../scripts/lib/keep.mjs';
import { firebaseCli, root } from '../../scripts/lib/project.mjs';
import { environment } from '../../scripts/lib/run.mjs';
import { freePort } from './instance.mjs';

export const PROJECT = 'demo-bench';
export const TOPIC = 'tweet-likes-raw';
const PATIENCE_MS = 90_000;

/** Starts Firestore's and Pub/Sub's emulators, with the project's indexes and a topic. */
export async function startEmulators() {
  const [firestore, websocket, pubsub, hub, logging] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const at = (port) => ({ host: '127.0.0.1', port });
  writeFileSync(
    join(folder, 'firebase.json'),
    JSON.stringify({
      emulators: {
        firestore: { ...at(firestore), websocketPort: websocket },
        pubsub: at(pubsub),
        hub: at(hub),
        logging: at(logging),
        ui: { enabled: false },
      },
    }),
  );
  const args = [firebaseCli, 'emulators:start', '--project', PROJECT, '--only', 'firestore,pubsub'];
  const node = join(root, 'node_modules/.bin/node');
  const env = environment({ ...(await findEmulators()), XDG_CONFIG_HOME: folder });
  const kept = keep(node, args, { cwd: folder, env });
  let said = '';
  kept.child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  for (const until = Date.now() + PATIENCE_MS; !said.includes('All emulators ready'); await sleep(100)) {
    if (Date.now() > until) throw new Failure(`The emulators do not start:\n${said}`);
  }
  const topic = `http://127.0.0.1:${pubsub}/v1/projects/${PROJECT}/topics/${TOPIC}`;
  if (!(await fetch(topic, { method: 'PUT' })).ok) throw new Failure('The topic could not be created.');
  return {
    firestore,
    pubsub,
    async stop() {
      await kept.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
