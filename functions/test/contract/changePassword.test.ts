import assert from 'node:assert/strict';
import { changePassword } from '../../src/app/endpoints.ts';
import { assertProblem } from '../support/assertions.ts';
import { call } from '../support/call.ts';
import { memoryServices } from '../support/memory/services.ts';
import { PASSWORD, refreshWith, signIn, signUp } from '../support/requests.ts';

const NEW = 'Another-horse-2';

describe('changing the password', () => {
  let { services, lines }: ReturnType<typeof memoryServices> = memoryServices();
  let account: Awaited<ReturnType<typeof signUp>>;
  beforeEach(async () => {
    ({ services, lines } = memoryServices());
    account = await signUp(services);
  });

  const change = (body: unknown, accessToken = account.accessToken) =>
    call(changePassword, services, { headers: { Authorization: `Bearer ${accessToken}` }, body });
  const login = async (password: string) => (await signIn(services, account.email, password)).status;

  it('lets the new password in and the old one no longer [ASVS 6.2.2]', async () => {
    assert.equal((await change({ currentPassword: PASSWORD, newPassword: NEW })).status, 204);
    assert.deepEqual([await login(PASSWORD), await login(NEW)], [401, 200]);
  });

  it('ends every other session and keeps its own', async () => {
    const { body: other } = await signIn(services, account.email, PASSWORD);
    assertProblem(
      await change({ currentPassword: NEW, newPassword: NEW }, other.accessToken),
      'invalid_credentials',
    );
    await change({ currentPassword: PASSWORD, newPassword: NEW });
    assertProblem(await refreshWith(services, other.refreshToken), 'invalid_refresh_token');
    assertProblem(
      await change({ currentPassword: NEW, newPassword: PASSWORD }, other.accessToken),
      'unauthenticated',
    );
    assert.equal((await refreshWith(services, account.refreshToken)).status, 200);
  });

  it('needs the current password, and changes nothing without it [ASVS 6.2.3]', async () => {
    const { body: other } = await signIn(services, account.email, PASSWORD);
    assertProblem(await change({ currentPassword: NEW, newPassword: NEW }), 'invalid_credentials');
    assert.equal(await login(PASSWORD), 200);
    assert.equal((await refreshWith(services, other.refreshToken)).status, 200);
  });

  it('takes only a new password that could have been registered', async () => {
    for (const newPassword of ['short1A', 'no-digits-Here', `A1${'é'.repeat(40)}`, 'with-NUL-1\0', 1, null]) {
      const answer = await change({ currentPassword: PASSWORD, newPassword });
      assertProblem(answer, 'invalid_request');
      assert.equal(answer.body.errors[0].path, 'newPassword');
    }
  });

  it('refuses a common password, and says why', async () => {
    const answer = await change({ currentPassword: PASSWORD, newPassword: 'Passw0rd' });
    assertProblem(answer, 'invalid_request');
    assert.deepEqual(answer.body.errors, [
      { path: 'newPassword', message: 'is one of the most common passwords. Choose another one' },
    ]);
    assert.equal(await login(PASSWORD), 200);
  });

  it('is logged, without either password', async () => {
    await change({ currentPassword: PASSWORD, newPassword: NEW });
    assert.equal(lines.filter(({ fields }) => fields.event === 'password_changed').length, 1);
    assert.doesNotMatch(JSON.stringify(lines), new RegExp(`${PASSWORD}|${NEW}`));
  });
});
