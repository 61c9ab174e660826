import type { ArchiveFile } from '../../../scripts/import/archive.ts';
import { newTweetId } from './samples.ts';

export interface Like {
  tweetId?: unknown;
  fullText?: unknown;
  expandedUrl?: unknown;
}

/** What X writes into the like.js of an archive. */
export const likeJs = (likes: Like[], part = 0) =>
  `window.YTD.like.part${part} = ${JSON.stringify(
    likes.map((like) => ({ like })),
    null,
    2,
  )}`;

export const fileOf = (text: string, name = 'like.js'): ArchiveFile => ({ name, bytes: Buffer.from(text) });

export const manyLikes = (count: number): Required<Like>[] =>
  Array.from({ length: count }, (_, index) => {
    const tweetId = newTweetId();
    return {
      tweetId,
      fullText: `Like ${index} &amp; more`,
      expandedUrl: `https://x.com/i/web/status/${tweetId}`,
    };
  });
