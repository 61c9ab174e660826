import { CliError } from '../cli/errors.mjs';

/** A file in an archive. */
export interface Entry {
  /** Relative to the top of the archive, with `/` as the separator. */
  path: string;
  size: number;
  read(): Promise<Buffer>;
}

const LIKES = /^like(?:-part(\d+))?\.js$/;

export const isLikes = (name: string) => LIKES.test(name);

const partOf = (path: string) => Number(LIKES.exec(nameOf(path))?.[1] ?? 0);
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Whether a path in a zip points outside the folder that the zip is unpacked into. */
export const isOutside = (path: string) => /^(?:\/|[A-Za-z]:)/.test(path) || path.split('/').includes('..');

/** Resource forks with the same names, which macOS adds to a zip. */
const isForeign = (path: string) =>
  path.split('/').some((part) => part === '__MACOSX' || part.startsWith('._'));

/**
 * The files of likes in an archive in the order of their parts, and their folder: `data`, at any depth, or the top of an
 * archive from before 2020. Throws CliError if there are none, if they belong to two archives, or if a part is missing.
 */
export function chooseLikes(archive: string, entries: Entry[]): { folder: string; likes: Entry[] } {
  const found = entries.filter(({ path }) => isLikes(nameOf(path)) && !isForeign(path));
  const folders = [...new Set(found.map(({ path }) => folderOf(path)))];
  const [folder, ...others] = folders.filter((each) => isArchive(each, folders));
  if (folder === undefined)
    throw new CliError(`${archive} has no data/like.js. Is it an archive of an X account?`);
  if (others.length > 0) {
    const places = [folder, ...others].map((each) => each || 'its top folder').join(', ');
    throw new CliError(
      `${archive} contains more than one archive: ${places}. Unpack it and pass the folder of one.`,
    );
  }
  const likes = found
    .filter(({ path }) => folderOf(path) === folder)
    .sort((a, b) => partOf(a.path) - partOf(b.path));
  checkParts(archive, likes);
  return { folder, likes };
}

/** Whether a folder is the `data` folder of an archive. A folder beside or below `data` contains media. */
function isArchive(folder: string, all: string[]) {
  if (nameOf(folder) === 'data') return true;
  if (folder.split('/').includes('data')) return false;
  return !all.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`)));
}

/** A missing part would lose thousands of likes unnoticed. */
function checkParts(archive: string, likes: Entry[]) {
  likes.forEach(({ path }, index) => {
    const part = partOf(path);
    if (part === index) return;
    const name = index === 0 ? 'like.js' : `like-part${index}.js`;
    throw new CliError(
      part < index
        ? `${archive} contains ${path} twice. Unpack it and pass the folder.`
        : `${archive} contains ${nameOf(path)} without ${name}. Unpack or download it again.`,
    );
  });
}
