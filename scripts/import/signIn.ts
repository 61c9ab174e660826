import input from '@inquirer/input';
import password from '@inquirer/password';
import {
  ApiError,
  type Client,
  type ClientOptions,
  createClient,
  type TokenStore,
  type Tokens,
} from '../../client/client.ts';
import { CliError } from '../cli/errors.mjs';

const SIGN_OUT_TIMEOUT_MS = 5000;
const MAX_ATTEMPTS = 3;

interface SignIn {
  settings: ClientOptions;
  token: string | undefined;
  signal: AbortSignal;
}

interface SignedIn {
  client: Client;
  /** Ends the session if this import has opened it. */
  signOut(): Promise<void>;
}

/** Asks for the credentials. */
interface Prompts {
  email(): Promise<string>;
  password(): Promise<string>;
}

/** Signs in with a refresh token, or else asks for the e-mail address and the password. */
export async function signIn({ settings, token, signal }: SignIn): Promise<SignedIn> {
  if (token)
    return { client: createClient({ ...settings, tokens: borrowed(token) }), signOut: async () => {} };
  if (!process.stdin.isTTY) {
    throw new CliError(
      'There is no terminal to sign in. Add a refresh token with --token-file or TWEET_CAPTURE_REFRESH_TOKEN.',
    );
  }
  const client = createClient(settings);
  await signInWithPrompts(client, signal, {
    email: () => input({ message: 'E-mail address:' }, { signal }),
    password: () => password({ message: 'Password:' }, { signal }),
  });
  // A session that cannot be ended now expires.
  const signOut = () => client.signOut({ signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS) }).catch(() => {});
  return { client, signOut };
}

/** Asks again after a wrong password, up to MAX_ATTEMPTS times; the service counts the attempts. */
export async function signInWithPrompts(
  client: Pick<Client, 'signIn'>,
  signal: AbortSignal,
  prompts: Prompts,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const credentials = { email: await prompts.email(), password: await prompts.password() };
    try {
      await client.signIn(credentials, { signal });
      return;
    } catch (error) {
      const isWrong = error instanceof ApiError && error.code === 'invalid_credentials';
      if (!isWrong || attempt === MAX_ATTEMPTS) throw error;
      console.log('Wrong e-mail address or password. Try again.');
    }
  }
}

/** Keeps the given token and drops its successors, so that the token stays valid for its owner. */
function borrowed(refreshToken: string): TokenStore {
  let held: Tokens = { refreshToken };
  return {
    get: () => held,
    set(tokens) {
      held = tokens?.accessToken ? { accessToken: tokens.accessToken, refreshToken } : { refreshToken };
    },
  };
}
