import confirm from '@inquirer/confirm';
import type { Client } from '../../client/client.ts';
import { BATCH } from '../../functions/src/tweets/captureBatch.ts';
import { CliError } from '../cli/errors.mjs';
import type { Archive } from './archive.ts';
import type { ImportArgs } from './args.ts';
import { type Display, formatCount } from './display.ts';
import type { Likes, Skipped } from './likes.ts';
import { formatArchive, formatList, formatPlan, makePlan } from './plan.ts';
import { type Progress, progressFile } from './progressFile.ts';
import { readStored } from './stored.ts';
import { type Service, upload } from './upload.ts';

interface Import {
  archive: Archive;
  likes: Likes;
  service: Service;
  args: ImportArgs;
  display: Display;
  signal: AbortSignal;
}

/** Prints the plan, asks for confirmation, and executes the plan. */
export async function runImport({ archive, likes, service, args, display, signal }: Import): Promise<void> {
  const { client } = service;
  const { email, userId, tweetsPerMinute } = await readAccount(client, signal);
  const file = progressFile(args.url, userId, likes.tweets);
  const before = file.read();
  const stored = await readStored(client, signal);
  const plan = makePlan(likes, stored, before.done, tweetsPerMinute);
  const sections = [`${email} at ${args.url}`, formatArchive(archive, likes), formatPlan(plan)];
  console.log(`\n${sections.join('\n\n')}\n`);
  if (args.isDryRun) return;
  const toSend = plan.worth.new + plan.worth.enriching;
  if (toSend > 0 && !args.isConfirmed && !(await isAgreed(signal))) return;

  const { tweets } = likes;
  const rejected: Skipped[] = [];
  const onInvalid = (tweet: Skipped) => rejected.push(tweet);
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
  console.log(formatSummary(after, likes, rejected));
}

async function readAccount(client: Client, signal: AbortSignal) {
  const { body, headers } = await client.get('/api/account', { signal });
  const [, perMinute] = /q=(\d+)/.exec(headers.get('RateLimit-Policy') ?? '') ?? [];
  const { email, userId } = body;
  return { email, userId, tweetsPerMinute: Number(perMinute ?? 100) * BATCH.tweetsPerRequest };
}

async function isAgreed(signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY) return await confirm({ message: 'Import?', default: false }, { signal });
  throw new CliError(
    'There is no terminal to ask for confirmation. Add --yes, or --dry-run to print only the plan.',
  );
}

function formatSummary({ counts }: Progress, { invalid, repeated }: Likes, rejected: Skipped[]): string {
  const left = counts.invalid + invalid.length;
  return [
    `\nDone: ${formatCount(counts.new)} new, ${formatCount(counts.duplicate)} already stored, ${formatCount(counts.enriched)} enriched, ` +
      `${formatCount(left)} invalid, ${formatCount(repeated)} repeated in the archive.`,
    ...formatList('Rejected by the service', rejected),
  ].join('\n');
}
