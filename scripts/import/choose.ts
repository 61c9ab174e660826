import { Failure } from '../lib/command.mjs';

/** A file of an archive: of its folder, or of its zip. */
export interface Entry {
  /** From the top of the archive, its parts parted by `/`. */
  path: string;
  size: number;
  read(): Promise<Buffer>;
}

const LIKES = /^like(?:-part(\d+))?\.js$/;

export const isLikes = (name: string) => LIKES.test(name);

const partOf = (path: string) => Number(LIKES.exec(nameOf(path))?.[1] ?? 0);
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Whether a path of a zip leads out of the folder that the zip is unpacked into. */
export const leaves = (path: string) => /^(?:\/|[A-Za-z]:)/.test(path) || path.split('/').includes('..');

/** What macOS adds to a zip: resource forks by the same names. */
const isForeign = (path: string) =>
  path.split('/').some((part) => part === '__MACOSX' || part.startsWith('._'));

/**
 * The files of likes of an archive in the order of their parts, with the folder that they are in: `data`, wherever it is, or
 * in an archive of before 2020 its top. Fails if there are none, if there are those of two archives, or if a part is missing.
 */
export function chooseLikes(archive: string, entries: Entry[]): { folder: string; likes: Entry[] } {
  const found = entries.filter(({ path }) => isLikes(nameOf(path)) && !isForeign(path));
  const folders = [...new Set(found.map(({ path }) => folderOf(path)))];
  const [folder, ...others] = folders.filter((each) => isArchive(each, folders));
  if (folder === undefined)
    throw new Failure(`${archive} has no data/like.js. Is it the archive of an X account?`);
  if (others.length > 0) {
    const places = [folder, ...others].map((each) => each || 'its top').join(', ');
    throw new Failure(
      `${archive} holds more than one archive: ${places}. Unpack it, and name the folder of one.`,
    );
  }
  const likes = found
    .filter(({ path }) => folderOf(path) === folder)
    .sort((a, b) => partOf(a.path) - partOf(b.path));
  checkParts(archive, likes);
  return { folder, likes };
}

/** A folder beside or below `data` holds media, and is no archive by itself. */
function isArchive(folder: string, all: string[]) {
  if (nameOf(folder) === 'data') return true;
  if (folder.split('/').includes('data')) return false;
  return !all.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`)));
}

/** A part that is missing would be thousands of likes that nobody misses. */
function checkParts(archive: string, likes: Entry[]) {
  likes.forEach(({ path }, index) => {
    const part = partOf(path);
    if (part === index) return;
    const name = index === 0 ? 'like.js' : `like-part${index}.js`;
    throw new Failure(
      part < index
        ? `${archive} has ${path} twice. Unpack it, and name the folder.`
        : `${archive} has no ${name}, but ${nameOf(path)}. Unpack or download it again.`,
    );
  });
}
