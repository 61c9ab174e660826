import { isUtf8 } from 'node:buffer';
import { decodeHTMLStrict } from 'entities';
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { check } from '../../functions/src/http/json.ts';
import { archivedTweet } from '../../functions/src/tweets/tweet.ts';
import { Failure } from '../lib/command.mjs';
import type { ArchiveFile } from './archive.ts';

/** What an archive knows of a liked tweet, as the service takes it. */
export interface ArchivedTweet {
  tweetId: string;
  tweetText?: string;
  tweetUrl?: string;
}

/** Something of the archive that is left out, and where it stands. */
export interface LeftOut {
  place: string;
  reason: string;
}

export interface Likes {
  /** Each tweet once, in the order of the archive. */
  tweets: ArchivedTweet[];
  invalid: LeftOut[];
  /** Addresses that are no http(s) URL; their likes are imported without. */
  droppedUrls: LeftOut[];
  repeated: number;
}

const START = /^\uFEFF?\s*window\.YTD\.like\.part\d+\s*=\s*(?=\[)/;

const AGAIN = 'Nothing was imported; unpack or download the archive again.';

/** Reads the likes out of an archive's files, as data: nothing in them is ever run. */
export function readLikes(files: ArchiveFile[]): Likes {
  const likes: Likes = { tweets: [], invalid: [], droppedUrls: [], repeated: 0 };
  const seen = new Map<string, ArchivedTweet>();
  for (const file of files) {
    const { text, items } = parsed(file);
    const lineOf = lines(text);
    for (const node of items) {
      const place = `${file.name}, line ${lineOf(node.offset)}`;
      const { tweet, wrong, droppedUrl } = read(node);
      if (droppedUrl) likes.droppedUrls.push({ place, reason: droppedUrl });
      const before = seen.get(tweet.tweetId);
      if (wrong) likes.invalid.push({ place, reason: wrong });
      else if (before) {
        likes.repeated += 1;
        Object.assign(before, { ...tweet, ...before });
      } else {
        seen.set(tweet.tweetId, tweet);
        likes.tweets.push(tweet);
      }
    }
  }
  return likes;
}

/** The list after `window.YTD.like.part0 = `; each node's offset is one of the whole text. */
function parsed({ name, bytes }: ArchiveFile): { text: string; items: Node[] } {
  const text = bytes.toString('utf8');
  const start = START.exec(text)?.[0].length;
  if (start === undefined) throw new Failure(notLikes(name, text));
  const list = text.slice(start).replace(/;\s*$/, '');
  const errors: ParseError[] = [];
  // Blanks in place of what comes before keep lines and offsets as they are.
  const tree = parseTree(text.slice(0, start).replace(/[^\n]/g, ' ') + list, errors, {
    disallowComments: true,
  });
  const items = tree?.children ?? [];
  const [error] = errors;
  if (!error && tree?.type === 'array') {
    if (isUtf8(bytes)) return { text, items };
    throw new Failure(`${name} is damaged: it has bytes that are not UTF-8. ${AGAIN}`);
  }
  const isCut = !list.trimEnd().endsWith(']');
  const offset = isCut ? text.length : (error?.offset ?? start);
  const where = `line ${lines(text)(offset)}, byte ${Buffer.byteLength(text.slice(0, offset))}`;
  throw new Failure(
    isCut
      ? `${name} is cut off: it ends at ${where}, in like ${items.length}. ${AGAIN}`
      : `${name} is damaged at ${where}. ${AGAIN}`,
  );
}

function notLikes(name: string, text: string) {
  const found = /window\.YTD\.(\w+)\.part/.exec(text.slice(0, 200))?.[1];
  const is = found && found !== 'like' ? `It is the archive's ${found}. ` : '';
  return `${name} is not like.js of an X archive. ${is}Expected is window.YTD.like.part0 = [ { "like": … }, … ]`;
}

function read(item: Node) {
  const field = (name: string): unknown => findNodeAtLocation(item, ['like', name])?.value ?? undefined;
  const [tweetId, fullText, expandedUrl] = ['tweetId', 'fullText', 'expandedUrl'].map(field);
  const url = check(archivedTweet.shape.tweetUrl, expandedUrl);
  const tweet = {
    tweetId,
    ...(fullText !== undefined && {
      tweetText: typeof fullText === 'string' ? decodeHTMLStrict(fullText) : fullText,
    }),
    ...(url.data !== undefined && { tweetUrl: url.data }),
  };
  const wrong = check(archivedTweet, tweet).errors?.map(({ path, message }) => `${path} ${message}`);
  return {
    tweet: tweet as ArchivedTweet,
    wrong: wrong && `${shown(tweetId)}: ${wrong.join(', ')}`,
    droppedUrl: url.errors && `${shown(expandedUrl)} ${url.errors[0]?.message}`,
  };
}

/** What is from outside, on one line of a terminal. */
const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** Tells the line of an offset; the offsets have to ascend. */
function lines(text: string) {
  let line = 1;
  let at = 0;
  return (offset: number) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}
