import { randomUUID } from 'node:crypto';
import { newTweetId } from './samples.ts';

/** What a path can name, by the parameter that names it. */
export interface Ids {
  userId: string;
  sessionId: string;
  tweetId: string;
}

/** Ids that nobody has. */
export const unknownIds = (): Ids => ({
  userId: randomUUID(),
  sessionId: randomUUID(),
  tweetId: newTweetId(),
});

/** The path of a template. */
export function withIds(template: string, ids: Ids): string {
  return template.replace(/\{(.*?)\}/g, (_, parameter: string) => {
    const id = { ...ids }[parameter as keyof Ids];
    if (!id) throw new Error(`support/ids.ts knows no ${parameter}`);
    return id;
  });
}
