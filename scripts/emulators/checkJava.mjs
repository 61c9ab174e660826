import { CliError } from '../cli/errors.mjs';
import { run } from '../process/run.mjs';

const OLDEST = 17;

/** Throws unless a Java that can run the emulators is in PATH. */
export async function checkJava() {
  const { code, output } = await run('java', ['-version'], { quiet: true });
  const version = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  if (code !== 0 || version === undefined) {
    throw new CliError(
      `Java was not found. Install a Java runtime, version ${OLDEST} or newer, and run this again.`,
    );
  }
  if (Number(version) < OLDEST) {
    throw new CliError(`Java ${version} is too old. Install version ${OLDEST} or newer, and run this again.`);
  }
}
