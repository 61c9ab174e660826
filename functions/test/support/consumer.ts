import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { environment } from '../../../scripts/process/run.mjs';
import { startSupervised } from './programs.ts';
import { repository } from './project.ts';
import { suite } from './suite.ts';

const folder = join(repository, 'examples/consumer');

/** The example consumer on a subscription of the suite, with a file of its own; each `start` is a process. */
export async function exampleConsumer(subscription: string) {
  const place = await mkdtemp(join(tmpdir(), 'consumer-'));
  const file = join(place, 'tweets.sqlite');
  const env = environment({
    NODE_V8_COVERAGE: '',
    PUBSUB_EMULATOR_HOST: suite.pubsubHost,
    GOOGLE_CLOUD_PROJECT: suite.projectId,
  });
  return {
    async start() {
      const program = startSupervised(process.execPath, ['consumer.ts', subscription, file], {
        cwd: folder,
        env,
      });
      await program.until('Starting the consumer', () => program.output().includes('Waiting for tweets'));
      const pid = async () => (await program.processes()).find(({ command }) => command.includes(file))?.pid;
      return {
        ...program,
        async end(signal: 'SIGKILL' | 'SIGTERM') {
          process.kill((await pid()) as number, signal);
          return await program.ended;
        },
      };
    },
    /** What is recorded, by its key. */
    recorded() {
      const db = new DatabaseSync(file, { timeout: 5000 });
      try {
        const rows = db.prepare('SELECT dedupeKey, revision, tweet FROM tweets').all();
        return rows as { dedupeKey: string; revision: number; tweet: string }[];
      } finally {
        db.close();
      }
    },
    remove: () => rm(place, { recursive: true }),
  };
}
