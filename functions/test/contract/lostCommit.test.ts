import assert from 'node:assert/strict';
import type { SessionStore } from '../../src/accounts/ports.ts';
import { AppError } from '../../src/core/errors.ts';
import { assertProblem } from '../support/assertions.ts';
import { memoryServices } from '../support/memory/services.ts';
import { refreshWith, signUp } from '../support/requests.ts';

/** A session store whose next refresh takes effect and then reports that the database could not be reached. */
function losingAnswers(sessions: SessionStore): { sessions: SessionStore; loseNext: () => void } {
  let isLosing = false;
  return {
    loseNext: () => {
      isLosing = true;
    },
    sessions: {
      ...sessions,
      async refresh(sessionId, decide) {
        const decision = await sessions.refresh(sessionId, decide);
        if (!isLosing) return decision;
        isLosing = false;
        throw new AppError('unavailable', 'The database cannot be reached. Try again.');
      },
    },
  };
}

describe('a refresh whose commit took effect but reported UNAVAILABLE', () => {
  const open = async () => {
    const { services, audited } = memoryServices();
    const { sessions, loseNext } = losingAnswers(services.sessions);
    services.sessions = sessions;
    const { refreshToken: first } = await signUp(services);
    return { services, audited, loseNext, first };
  };
  const reuses = (audited: Map<string, { event: string }>) =>
    [...audited.values()].filter(({ event }) => event === 'refresh_token_reuse').length;

  it('is not taken for a theft: a repeat gets the successor', async () => {
    const { services, audited, loseNext, first } = await open();
    const second = (await refreshWith(services, first)).body.refreshToken;
    loseNext();
    assertProblem(await refreshWith(services, second), 'unavailable');
    const third = await refreshWith(services, second);
    assert.equal(third.status, 200);
    assert.equal((await refreshWith(services, third.body.refreshToken)).status, 200);
    assert.equal(reuses(audited), 0);
  });

  it('is still in the audit log where it was a theft', async () => {
    const { services, audited, loseNext, first } = await open();
    const second = (await refreshWith(services, first)).body.refreshToken;
    await refreshWith(services, second);
    loseNext();
    assertProblem(await refreshWith(services, first), 'unavailable');
    assert.equal(reuses(audited), 1);
    assertProblem(await refreshWith(services, second), 'invalid_refresh_token');
  });

  it('is in the audit log, too, where the client repeats the commit by itself', async () => {
    const { services, audited, first } = await open();
    const { sessions } = services;
    const second = (await refreshWith(services, first)).body.refreshToken;
    await refreshWith(services, second);
    services.sessions = {
      ...sessions,
      async refresh(sessionId, decide) {
        await sessions.refresh(sessionId, decide);
        return await sessions.refresh(sessionId, decide);
      },
    };
    assertProblem(await refreshWith(services, first), 'invalid_refresh_token');
    assert.equal(reuses(audited), 1);
  });
});
