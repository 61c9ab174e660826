import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../../scripts/cli/errors.mjs';
import { findEmulators } from '../../scripts/emulators/findEmulators.mjs';
import { environment } from '../../scripts/process/run.mjs';
import { supervise } from '../../scripts/process/supervise.mjs';
import { firebaseCli } from '../../scripts/project.mjs';
import { freePort } from './instance.mjs';

export const PROJECT = 'demo-bench';
export const TOPIC = 'tweet-likes-raw';
const START_TIMEOUT_MS = 90_000;

/** Starts the emulators of Firestore and Pub/Sub, and creates the topic. */
export async function startEmulators() {
  const ports = [];
  while (ports.length < 5) ports.push(await freePort());
  const [firestore, websocket, pubsub, hub, logging] = ports;
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
  const env = environment({ ...(await findEmulators()), XDG_CONFIG_HOME: folder });
  const cli = supervise('node', args, { cwd: folder, env });
  let output = '';
  cli.child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  for (
    const until = Date.now() + START_TIMEOUT_MS;
    !output.includes('All emulators ready');
    await sleep(100)
  ) {
    if (Date.now() > until) throw new CliError(`The emulators did not start in time:\n${output}`);
  }
  const topic = `http://127.0.0.1:${pubsub}/v1/projects/${PROJECT}/topics/${TOPIC}`;
  if (!(await fetch(topic, { method: 'PUT' })).ok) throw new CliError('The topic could not be created.');
  return {
    firestore,
    pubsub,
    async stop() {
      await cli.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
