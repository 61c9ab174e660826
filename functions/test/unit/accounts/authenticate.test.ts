import assert from 'node:assert/strict';
import { memoryServices } from '../../support/memory/services.ts';
import { bearer } from '../../support/requests.ts';

describe('the Authorization header', () => {
  const { services } = memoryServices();
  const userId = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
  let token: string;
  before(async () => {
    token = (await bearer(services, { userId })).Authorization.slice('Bearer '.length);
  });

  it('names the caller by a bearer token, in whatever letters the scheme is written', async () => {
    for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'Bearer    ']) {
      assert.equal((await services.authenticate(scheme + token)).userId, userId);
    }
  });

  it('names nobody in any other form', async () => {
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      token,
      `Bearer${token}`,
      `Bearer\t${token}`,
      `Bearer "${token}"`,
      `Bearer ${token} `,
      `Bearer ${token}\n`,
      `Bearer ${token}, Bearer ${token}`,
      `Basic ${token}`,
      `Token ${token}`,
      ` Bearer ${token}`,
    ];
    for (const header of headers) {
      await assert.rejects(services.authenticate(header), { code: 'unauthenticated' }, header);
    }
  });
});
