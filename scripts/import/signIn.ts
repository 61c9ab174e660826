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
import { Failure } from '../lib/command.mjs';

const LEAVE_MS = 5000;
const ATTEMPTS = 3;

interface SignIn {
  settings: ClientOptions;
  token: string | undefined;
  signal: AbortSignal;
}

interface SignedIn {
  client: Client;
  /** Ends the session if this has opened it. */
  leave(): Promise<void>;
}

/** Asks for what a sign-in takes. */
interface Ask {
  email(): Promise<string>;
  password(): Promise<string>;
}

/** Signs in by a refresh token if there is one, else asks who it is. */
export async function signIn({ settings, token, signal }: SignIn): Promise<SignedIn> {
  if (token) return { client: createClient({ ...settings, tokens: lent(token) }), leave: async () => {} };
  if (!process.stdin.isTTY) {
    throw new Failure(
      'There is no terminal to sign in at: give a refresh token by --token-file or TWEET_CAPTURE_REFRESH_TOKEN.',
    );
  }
  const client = createClient(settings);
  await signInAt(client, signal, {
    email: () => input({ message: 'E-mail address:' }, { signal }),
    password: () => password({ message: 'Password:' }, { signal }),
  });
  // A session that cannot be ended now ends by itself.
  const leave = () => client.signOut({ signal: AbortSignal.timeout(LEAVE_MS) }).catch(() => {});
  return { client, leave };
}

/** Everyone mistypes; the service counts the guesses. */
export async function signInAt(client: Pick<Client, 'signIn'>, signal: AbortSignal, ask: Ask): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const credentials = { email: await ask.email(), password: await ask.password() };
    try {
      await client.signIn(credentials, { signal });
      return;
    } catch (error) {
      const isWrong = error instanceof ApiError && error.code === 'invalid_credentials';
      if (!isWrong || attempt === ATTEMPTS) throw error;
      console.log('The e-mail address or the password is wrong. Try again.');
    }
  }
}

/** A token that its successor never takes the place of stays good for who lent it. */
function lent(refreshToken: string): TokenStore {
  let held: Tokens = { refreshToken };
  return {
    get: () => held,
    set(tokens) {
      held = tokens?.accessToken ? { accessToken: tokens.accessToken, refreshToken } : { refreshToken };
    },
  };
}
