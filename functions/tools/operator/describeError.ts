import { ConfigError } from '../../src/config/parameters.ts';
import { AppError } from '../../src/core/errors.ts';
import { grpcCode, NOT_FOUND } from '../../src/platform/firestore/errors.ts';
import { OperatorError } from './operator.ts';

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;
/** None were found, or the sign-in has to be renewed. */
const NO_CREDENTIALS = /default credentials|invalid_grant|invalid_rapt|reauth/;
const NO_NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT)\b/;

/** Describes an error to the operator, with the next step. Returns undefined if it is a bug. */
export function describeError(
  error: unknown,
  { project, emulator }: { project: string; emulator?: string | undefined },
): string | undefined {
  if (error instanceof OperatorError || error instanceof ConfigError) return error.message;
  const cause = error instanceof AppError ? (error.cause ?? error) : error;
  const said = String(cause);
  const code = grpcCode(cause);
  if (code === UNAUTHENTICATED || NO_CREDENTIALS.test(said)) {
    return 'There are no valid credentials. Run gcloud auth application-default login, and then this again.';
  }
  if (code === PERMISSION_DENIED) {
    return (
      `You may not work on the Firestore of ${project} (${said}). Have roles/datastore.user granted to you there, ` +
      'or sign in as somebody else by gcloud auth application-default login, and run this again.'
    );
  }
  if (code === NOT_FOUND) {
    return (
      `${project} has no such Firestore database (${said}). Deploy first, or mend FIRESTORE_DATABASE in ` +
      `functions/.env.${project}, and run this again.`
    );
  }
  if (!(error instanceof AppError) && !NO_NETWORK.test(said)) return undefined;
  return emulator
    ? `The emulator at ${emulator} does not answer. Is npm start running?`
    : `The Firestore of ${project} does not answer. Check the network, and run this again.`;
}
