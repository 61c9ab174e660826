import { newAccount } from '../../src/accounts/account.ts';
import { newPassword } from '../../src/accounts/password.ts';
import type { AccountChange } from '../../src/accounts/ports.ts';
import type { Services } from '../../src/app/services.ts';
import { type AuditEvent, createAudit } from '../../src/audit/audit.ts';
import { BRAKES, type Brake } from '../../src/brakes/brakes.ts';
import { email, newEmail } from '../../src/core/email.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Log } from '../../src/core/runtime.ts';
import { withTimeout } from '../../src/core/timeout.ts';

/** How long `npm run admin` waits for each answer of the database. */
export const DATABASE_TIMEOUT_MS = 10_000;

/** An error whose message is for the operator. */
export class OperatorError extends Error {
  override name = 'Refusal';
}

interface Change {
  event: AuditEvent;
  make: (userId: string, at: Date) => Promise<AccountChange>;
  /** The end of the sentence `<address> is …`. */
  changed: string;
  unchanged: string;
}

/**
 * The operator's actions on accounts and brakes, which do not use the API. Each returns a sentence to print. Fails with
 * `unavailable` if the database takes longer than `patienceMs`.
 */
export function createOperator(
  services: Pick<Services, 'accounts' | 'passwords' | 'brakeStore' | 'auditLog' | 'clock' | 'ids' | 'config'>,
  log: Log,
  patienceMs: number,
) {
  const { accounts, passwords, brakeStore, clock, ids } = services;
  const audit = createAudit(services, { requestId: ids(), ip: 'unknown', userAgent: 'operator', log });
  const soon = <T>(answer: Promise<T>) => withTimeout(patienceMs, answer, tooLate);

  async function change(typed: string, { event, make, changed, unchanged }: Change): Promise<string> {
    const address = parseEmail(typed);
    const userId = (await soon(accounts.findByEmail(address)))?.userId;
    const outcome = userId ? await soon(make(userId, clock.now())) : 'unknown';
    if (!userId || outcome === 'unknown') throw new OperatorError(`There is no account ${address}.`);
    const isChanged = outcome === 'changed';
    await audit(event, 'success', { userId, reason: isChanged ? null : outcome });
    return `${address} is ${isChanged ? changed : unchanged}.`;
  }

  async function setBrake(typed: string, since: Date | null): Promise<string> {
    const brake = BRAKES.find((each) => each === typed);
    if (!brake) throw new OperatorError(`${JSON.stringify(typed)} must be one of ${BRAKES.join(', ')}.`);
    const outcome = await soon(brakeStore.set(brake, since));
    const isChanged = outcome === 'changed';
    const reason = isChanged ? brake : `${brake}, ${outcome}`;
    await audit(since ? 'paused' : 'resumed', 'success', { reason });
    const state = since ? 'paused' : 'not paused';
    if (!isChanged) return `${asTitle(brake)}: ${state} already.`;
    return `${asTitle(brake)}: ${state} now. Every instance follows within a minute.`;
  }

  return {
    pause: (typed: string) => setBrake(typed, clock.now()),
    resume: (typed: string) => setBrake(typed, null),

    /** Returns one line for each brake. */
    async status(): Promise<string> {
      const paused = await soon(brakeStore.read());
      const line = (brake: Brake) => {
        const since = paused[brake];
        return `${asTitle(brake)}: ${since ? `paused since ${since.toISOString()}` : 'not paused'}.`;
      };
      return BRAKES.map(line).join('\n');
    },

    /** Checks the address before it asks for the password. */
    async createUser(typed: string, askPassword: () => Promise<string>): Promise<string> {
      const address = parseEmail(typed, newEmail);
      const taken = () => new OperatorError(`There is an account ${address} already.`);
      if (await soon(accounts.findByEmail(address))) throw taken();

      const passwordHash = await passwords.hash(parsePassword(await askPassword()));
      const account = newAccount(ids(), address, passwordHash, clock.now());
      if ((await soon(accounts.createUnlessTaken(account, null))) === 'taken') throw taken();
      await audit('account_created', 'success', { userId: account.userId });
      return `${address} has an account now.`;
    },

    grantAdmin: (typed: string) =>
      change(typed, {
        event: 'admin_granted',
        make: (userId, at) => accounts.setRole(userId, 'admin', at),
        changed: 'an admin now',
        unchanged: 'an admin already',
      }),

    disable: (typed: string) =>
      change(typed, {
        event: 'account_disabled',
        make: (userId, at) => accounts.setActive(userId, false, at),
        changed: 'disabled now, and signed out everywhere',
        unchanged: 'disabled already',
      }),

    enable: (typed: string) =>
      change(typed, {
        event: 'account_enabled',
        make: (userId, at) => accounts.setActive(userId, true, at),
        changed: 'enabled now, and can sign in again',
        unchanged: 'enabled already',
      }),
  };
}

const asTitle = (brake: Brake) => brake.charAt(0).toUpperCase() + brake.slice(1);

function parseEmail(typed: string, rule = email): string {
  const { data, error } = rule.safeParse(typed);
  if (error) throw refusal(JSON.stringify(typed), error.issues);
  return data;
}

function parsePassword(typed: string): string {
  const { data, error } = newPassword.safeParse(typed);
  if (error) throw refusal('The password', error.issues);
  return data;
}

/** Returns one sentence for each violated rule. */
const refusal = (what: string, issues: { message: string }[]) =>
  new OperatorError(issues.map(({ message }) => `${what} ${message}.`).join('\n'));

function tooLate(): never {
  throw new AppError('unavailable', 'The database did not answer in time.');
}
