/** What stops a command and is the user's to mend: one line that says what is wrong and what to do next. */
export class Failure extends Error {}

/** Runs a command to its exit code. A Failure is told in its one line. */
export async function command(body) {
  try {
    process.exit((await body()) ?? 0);
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  }
}
