import { Failure } from '../lib/command.mjs';
import { type Entry, nameOf } from './choose.ts';

export const MANIFEST = 'manifest.js';

/** What an archive says of itself. */
interface Manifest {
  /** X splits a large archive into several. */
  isPartial: boolean;
  /** How many likes each file has, by the file's name. */
  counts: Map<string, number>;
}

/** The likes that manifest.js lists, or null if it lists none: those of old archives do not. */
export function readManifest(name: string, bytes: Buffer): Manifest | null {
  const text = bytes.toString('utf8');
  let config: Config;
  try {
    config = JSON.parse(text.slice(text.indexOf('{')).replace(/;\s*$/, ''));
  } catch {
    throw new Failure(`${name} is damaged. Unpack or download the archive again.`);
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

/** Fails if the files of likes are not those that the manifest lists. */
export function checkFiles(archive: string, { counts }: Manifest, likes: Entry[]): void {
  const names = likes.map(({ path }) => nameOf(path));
  const missing = [...counts.keys()].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Failure(
      `${archive} lacks ${missing.join(', ')}, which its manifest.js lists. Unpack or download it again.`,
    );
  }
  const unknown = names.filter((name) => !counts.has(name));
  if (unknown.length === 0) return;
  throw new Failure(
    `${archive} has ${unknown.join(', ')}, which its manifest.js does not list. ` +
      'Is it of another archive? Unpack this one into a folder of its own.',
  );
}
