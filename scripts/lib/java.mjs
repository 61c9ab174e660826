import { Failure } from './command.mjs';
import { run } from './run.mjs';

const OLDEST = 17;

/** The emulators are Java programs. */
export async function checkJava() {
  const { code, output } = await run('java', ['-version'], { quiet: true });
  const found = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  if (code !== 0 || found === undefined) {
    throw new Failure(
      `Java was not found. Install a Java runtime, version ${OLDEST} or newer, and run this again.`,
    );
  }
  if (Number(found) < OLDEST) {
    throw new Failure(`Java ${found} is too old. Install version ${OLDEST} or newer, and run this again.`);
  }
}
