import input from '@inquirer/input';
import password from '@inquirer/password';
import {
  type Client,
  type ClientOptions,
  createClient,
  type TokenStore,
  type Tokens,
} from '../../client/client.ts';
import { Failure } from '../lib/command.mjs';

const LEAVE_MS = 5000;

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

/** Signs in by a refresh token where there is one, else asks who it is. */
export async function signIn({ settings, token, signal }: SignIn): Promise<SignedIn> {
  if (token) return { client: createClient({ ...settings, tokens: lent(token) }), leave: async () => {} };
  if (!process.stdin.isTTY) {
    throw new Failure(
      'There is no terminal to sign in at: give a refresh token by --token-file or TWEET_CAPTURE_REFRESH_TOKEN.',
    );
  }
  const client = createClient(settings);
  const email = await input({ message: 'E-mail address:' }, { signal });
  const credentials = { email, password: await password({ message: 'Password:' }, { signal }) };
  await client.signIn(credentials, { signal });
  // A session that cannot be ended now ends by itself.
  const leave = () => client.signOut({ signal: AbortSignal.timeout(LEAVE_MS) }).catch(() => {});
  return { client, leave };
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
