import { newTweetId } from '../../functions/test/support/samples.ts';
import type { ArchiveFile } from './archive.ts';

export interface Like {
  tweetId?: unknown;
  fullText?: unknown;
  expandedUrl?: unknown;
}

/** The text of like.js in an archive. */
export const likeJs = (likes: Like[], part = 0) =>
  `window.YTD.like.part${part} = ${JSON.stringify(
    likes.map((like) => ({ like })),
    null,
    2,
  )}`;

/** The text of manifest.js in an archive, with the number of likes in each file. */
export const manifestJs = (counts: Record<string, number>, isPartialArchive = false) =>
  `window.__THAR_CONFIG = ${JSON.stringify(
    {
      userInfo: { accountId: '1', userName: 'someone', displayName: 'Some One' },
      archiveInfo: { sizeBytes: '1', isPartialArchive, maxPartSizeBytes: '53687091200' },
      dataTypes: {
        tweets: { files: [{ fileName: 'data/tweets.js', globalName: 'YTD.tweets.part0', count: '5' }] },
        like: {
          files: Object.entries(counts).map(([fileName, count], part) => ({
            fileName,
            globalName: `YTD.like.part${part}`,
            count: String(count),
          })),
        },
      },
    },
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
