import { isUtf8 } from 'node:buffer';
import { decodeHTMLStrict } from 'entities';
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { check } from '../../functions/src/http/json.ts';
import { addsText, isNotice } from '../../functions/src/tweets/text.ts';
import { archivedTweetFields } from '../../functions/src/tweets/tweet.ts';
import { CliError } from '../cli/errors.mjs';
import type { ArchiveFile } from './archive.ts';
import { utf16 } from './utf16.ts';

/** A liked tweet of an archive, in the form that the service accepts. */
export interface ArchivedTweet {
  tweetId: string;
  tweetText?: string;
  tweetUrl?: string;
}

/** A part of the archive that is skipped. */
export interface Skipped {
  /** Its file and line. */
  place: string;
  reason: string;
}

export interface Likes {
  /** The files that were read, with the number of likes in each. */
  files: { name: string; count: number }[];
  /** Each tweet once, in the order of the archive. */
  tweets: ArchivedTweet[];
  invalid: Skipped[];
  /** URLs that are not http(s); their likes are imported without a URL. */
  droppedUrls: Skipped[];
  repeated: number;
  /** The number of likes whose text is a notice of X, which is dropped. */
  hidden: number;
}

const START = /^\uFEFF?\s*window\.YTD\.like\.part\d+\s*=\s*(?=\[)/;

const AGAIN = 'Nothing was imported; unpack or download the archive again.';

/** Reads the likes in an archive's files, as data: their JavaScript is never run. Throws CliError. */
export function readLikes(files: ArchiveFile[]): Likes {
  const likes: Likes = { files: [], tweets: [], invalid: [], droppedUrls: [], repeated: 0, hidden: 0 };
  const seen = new Map<string, ArchivedTweet>();
  for (const file of files) {
    const { text, items } = parsed(file);
    likes.files.push({ name: file.name, count: items.length });
    const lineOf = lineCounter(text);
    for (const node of items) {
      const place = `${file.name}, line ${lineOf(node.offset)}`;
      const { tweet, wrong, droppedUrl, isHidden } = read(node);
      if (droppedUrl) likes.droppedUrls.push({ place, reason: droppedUrl });
      const before = seen.get(tweet.tweetId);
      if (wrong) likes.invalid.push({ place, reason: wrong });
      else if (before) {
        likes.repeated += 1;
        const { tweetText = null } = tweet;
        if (addsText(before.tweetText ?? null, tweetText)) Object.assign(before, { tweetText });
        Object.assign(before, { ...tweet, ...before });
      } else {
        seen.set(tweet.tweetId, tweet);
        likes.tweets.push(tweet);
        if (isHidden) likes.hidden += 1;
      }
    }
  }
  return likes;
}

/** The list after `window.YTD.like.part0 = `. The offsets of its nodes are those in the whole text. */
function parsed({ name, bytes, count }: ArchiveFile): { text: string; items: Node[] } {
  if (utf16(bytes))
    throw new CliError(
      `Cannot read ${name}: it is encoded as UTF-16. Save it as UTF-8, or unpack the archive again.`,
    );
  const text = bytes.toString('utf8');
  const start = START.exec(text)?.[0].length;
  if (start === undefined) throw new CliError(notLikes(name, text));
  const list = text.slice(start).replace(/;\s*$/, '');
  const errors: ParseError[] = [];
  // Blanks in place of the assignment preserve lines and offsets.
  const tree = treeOf(name, text.slice(0, start).replace(/[^\n]/g, ' ') + list, errors);
  const items = tree?.children ?? [];
  const [error] = errors;
  if (!error && tree?.type === 'array') {
    if (isUtf8(bytes)) return { text, items: checkedCount(name, items, count) };
    throw new CliError(`${name} is damaged: it contains bytes that are not UTF-8. ${AGAIN}`);
  }
  const isCut = !list.trimEnd().endsWith(']');
  const offset = isCut ? text.length : (error?.offset ?? start);
  const where = `line ${lineCounter(text)(offset)}, byte ${Buffer.byteLength(text.slice(0, offset))}`;
  throw new CliError(
    isCut
      ? `${name} is cut off: it ends at ${where}, in like ${items.length}. ${AGAIN}`
      : `${name} is damaged at ${where}. ${AGAIN}`,
  );
}

function treeOf(name: string, text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the parser is recursive
    throw new CliError(`${name} is not like.js of an X archive: its brackets are nested too deeply.`);
  }
}

function checkedCount(name: string, items: Node[], count: number | undefined): Node[] {
  if (count === undefined || count === items.length) return items;
  throw new CliError(`${name} has ${items.length} likes, and manifest.js lists ${count}. ${AGAIN}`);
}

function notLikes(name: string, text: string) {
  const found = /window\.YTD\.(\w+)\.part/.exec(text.slice(0, 200))?.[1];
  const actual = found && found !== 'like' ? `It contains the archive's ${found}. ` : '';
  return `${name} is not like.js of an X archive. ${actual}Expected: window.YTD.like.part0 = [ { "like": … }, … ]`;
}

function read(item: Node) {
  const field = (name: string): unknown => findNodeAtLocation(item, ['like', name])?.value ?? undefined;
  const [tweetId, fullText, expandedUrl] = ['tweetId', 'fullText', 'expandedUrl'].map(field);
  const url = check(archivedTweetFields.shape.tweetUrl, expandedUrl);
  const tweetText = typeof fullText === 'string' ? decodeHTMLStrict(fullText) : fullText;
  const isHidden = typeof tweetText === 'string' && isNotice(tweetText);
  const tweet = {
    tweetId,
    ...(tweetText !== undefined && !isHidden && { tweetText }),
    ...(url.data !== undefined && { tweetUrl: url.data }),
  };
  const wrong = check(archivedTweetFields, tweet).errors?.map(({ path, message }) => `${path} ${message}`);
  return {
    tweet: tweet as ArchivedTweet,
    isHidden,
    wrong: wrong && `${formatValue(tweetId)}: ${wrong.join(', ')}`,
    droppedUrl: url.errors && `${formatValue(expandedUrl)} ${url.errors[0]?.message}`,
  };
}

/** A value from the archive on one line, without control characters. */
const formatValue = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

/** Returns the line of an offset. The offsets must ascend. */
function lineCounter(text: string) {
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
