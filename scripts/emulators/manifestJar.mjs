import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** Builds a jar that contains only a manifest, so that `java -jar` can run a class of another jar. */
export async function manifestJar(mainClass, classPath) {
  const lines = ['Manifest-Version: 1.0', `Main-Class: ${mainClass}`, `Class-Path: ${classPath}`];
  const jar = new ZipFile();
  jar.addBuffer(Buffer.from(`${lines.map(wrap).join('\r\n')}\r\n`), 'META-INF/MANIFEST.MF');
  jar.end();
  return await buffer(jar.outputStream);
}

/** A manifest line holds at most 72 bytes; a continuation line starts with a space (JAR File Specification). */
const wrap = (line) => line.match(/^.{1,72}|.{1,71}/g).join('\r\n ');
