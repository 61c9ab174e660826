const NAME = 'META-INF/MANIFEST.MF';

/** A jar that holds nothing but a manifest, so that `java -jar` can run a class of another jar. */
export function manifestJar(mainClass, classPath) {
  const manifest = ['Manifest-Version: 1.0', `Main-Class: ${mainClass}`, `Class-Path: ${classPath}`];
  const body = Buffer.from(`${manifest.map(fold).join('\r\n')}\r\n`);
  const name = Buffer.from(NAME);

  // One stored entry: version 1.0, no flags, no compression, no date; see APPNOTE.TXT 4.3.
  const about = fields([2, 10], [2, 0], [2, 0], [4, 0], [4, crc32(body)], [4, body.length], [4, body.length]);
  const names = fields([2, name.length], [2, 0]);
  const entry = Buffer.concat([fields([4, 0x04034b50]), about, names, name, body]);
  const nowhere = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, 0]);
  const directory = Buffer.concat([fields([4, 0x02014b50], [2, 10]), about, names, nowhere, name]);
  const end = fields(
    [4, 0x06054b50],
    [4, 0],
    [2, 1],
    [2, 1],
    [4, directory.length],
    [4, entry.length],
    [2, 0],
  );
  return Buffer.concat([entry, directory, end]);
}

/** A manifest line has at most 72 bytes; a continuation starts with a space. */
const fold = (line) => line.match(/^.{1,72}|.{1,71}/g).join('\r\n ');

function fields(...sized) {
  return Buffer.concat(
    sized.map(([size, value]) => {
      const field = Buffer.alloc(size);
      field.writeUIntLE(value, 0, size);
      return field;
    }),
  );
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
