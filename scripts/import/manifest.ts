import { CliError } from '../cli/errors.mjs';
import { type Entry, nameOf } from './choose.ts';

export const MANIFEST = 'manifest.js';

/** The manifest.js of an archive. */
interface Manifest {
  /** Whether X has split the archive into parts. */
  isPartial: boolean;
  /** The number of likes in each file, by file name. */
  counts: Map<string, number>;
}

/** Parses manifest.js. Returns null if it does not list likes, as in old archives. Throws CliError. */
export function readManifest(name: string, bytes: Buffer): Manifest | null {
  const text = bytes.toString('utf8');
  let config: Config;
  try {
    config = JSON.parse(text.slice(text.indexOf('{')).replace(/;\s*$/, ''));
  } catch {
    throw new CliError(`${name} is damaged. Unpack or download the archive again.`);
  }
  const files = config.dataTypes?.like?.files;
  if (!Array.isArray(files)) return null;
  const counts = new Map(files.map(({ fileName, count }) => [nameOf(String(fileName)), Number(count)]));
  return { isPartial: config.archiveInfo?.isPartialArchive === true, counts };
}

interface Config {
  archiveInfo?: { isPartialArchive?: unknown };
  dataTypes?: { like?: { files?: { fileName?: unknown; count?: unknown }[] } };
}

/** Throws CliError if the files of likes differ from those in the manifest. */
export function checkFiles(archive: string, { counts }: Manifest, likes: Entry[]): void {
  const names = likes.map(({ path }) => nameOf(path));
  const missing = [...counts.keys()].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new CliError(
      `${archive} lacks ${missing.join(', ')}, listed in its manifest.js. Unpack or download it again.`,
    );
  }
  const unknown = names.filter((name) => !counts.has(name));
  if (unknown.length === 0) return;
  throw new CliError(
    `${archive} contains ${unknown.join(', ')}, not listed in its manifest.js. ` +
      'Unpack the archive into an empty folder.',
  );
}
