/** Ends a command with exit code 1. The message says what happened, why, and what to do. */
export class CliError extends Error {}

/** A command line that is not valid: exit code 2. */
export class UsageError extends CliError {}
