import confirm from '@inquirer/confirm';
import type { Client } from '../../client/client.ts';
import { TUNING } from '../../functions/src/config.ts';
import { Failure } from '../lib/command.mjs';
import type { Archive } from './archive.ts';
import { type Display, many } from './display.ts';
import type { LeftOut, Likes } from './likes.ts';
import { archiveInWords, listed, makePlan, planInWords } from './plan.ts';
import { type Progress, progressFile } from './progressFile.ts';
import { readStored } from './stored.ts';
import { type Service, upload } from './upload.ts';

interface Import {
  archive: Archive;
  likes: Likes;
  service: Service;
  options: { url: string; dryRun: boolean; yes: boolean };
  display: Display;
  signal: AbortSignal;
}

/** Tells the plan, asks, and carries it out. */
export async function runImport({
  archive,
  likes,
  service,
  options,
  display,
  signal,
}: Import): Promise<void> {
  const { client } = service;
  const { email, userId, tweetsPerMinute } = await who(client, signal);
  const file = progressFile(options.url, userId, likes.tweets);
  const before = file.read();
  const stored = await readStored(client, signal);
  const plan = makePlan(likes, stored, before.done, tweetsPerMinute);
  const words = [`${email} at ${options.url}`, archiveInWords(archive, likes), planInWords(plan)];
  console.log(`\n${words.join('\n\n')}\n`);
  if (options.dryRun) return;
  const toSend = plan.worth.new + plan.worth.enriching;
  if (toSend > 0 && !options.yes && !(await agreed(signal))) return;

  const { tweets } = likes;
  const refused: LeftOut[] = [];
  const onInvalid = (tweet: LeftOut) => refused.push(tweet);
  const work = {
    service,
    tweets,
    stored,
    progress: before,
    file,
    signal,
    onProgress: display.show,
    onInvalid,
  };
  display.start(tweets.length, before.done);
  const after = await upload(work).finally(display.stop);
  file.remove();
  console.log(summary(after, likes, refused));
}

async function who(client: Client, signal: AbortSignal) {
  const { body, headers } = await client.get('/api/account', { signal });
  const [, perMinute] = /q=(\d+)/.exec(headers.get('RateLimit-Policy') ?? '') ?? [];
  const { email, userId } = body;
  return { email, userId, tweetsPerMinute: Number(perMinute ?? 100) * TUNING.batch.tweetsPerRequest };
}

async function agreed(signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY) return await confirm({ message: 'Import?', default: false }, { signal });
  throw new Failure(
    'There is no terminal to ask at whether to go on: say --yes, or --dry-run for the plan alone.',
  );
}

function summary({ counts }: Progress, { invalid, repeated }: Likes, refused: LeftOut[]): string {
  const left = counts.invalid + invalid.length;
  return [
    `\nDone: ${many(counts.new)} new, ${many(counts.duplicate)} stored before, ${many(counts.enriched)} enriched, ` +
      `${many(left)} invalid, ${many(repeated)} repeated in the archive.`,
    ...listed('Refused by the service', refused),
  ].join('\n');
}
