import assert from 'node:assert/strict';
import { assertHeaders, assertProblem, assertSuccess } from '../support/assertions.ts';
import { onEveryEndpoint, open, sharingPath } from '../support/everyEndpoint.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'post', ''];

describe('method and path of', () => {
  onEveryEndpoint((definition) => {
    const methods = [definition, ...sharingPath(definition)].map(({ method }) => method);
    const answered = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const allow = [...answered, 'OPTIONS'].join(', ');

    for (const method of METHODS.filter((method) => !answered.includes(method))) {
      it(`another method is 405 with the ones that there are: ${JSON.stringify(method)}`, async () => {
        const { send } = await open(definition);
        const answer = await send({ method });
        assertProblem(answer, 'method_not_allowed');
        assert.equal(answer.headers.Allow, allow);
      });
    }

    it('a wrong method is told before a missing token or body', async () => {
      const { send } = await open(definition);
      const answer = await send({ method: 'PATCH', headers: { Authorization: undefined }, body: '{' });
      assertProblem(answer, 'method_not_allowed');
    });

    it('another path is 404', async () => {
      const { send, valid } = await open(definition);
      const path = valid.path ?? definition.path;
      const others = [
        '/api',
        '/api/',
        '/api/nothing',
        `${path}/`,
        `${path}/x`,
        `/${path}`,
        path.toUpperCase(),
      ];
      for (const other of [...others, '', path.slice(4), `${path}%00`, '/api/auth/../health']) {
        assertProblem(await send({ path: other }), 'not_found');
      }
    });

    it('another path is 404 whatever the method, and has no preflight', async () => {
      const { send } = await open(definition);
      for (const method of ['OPTIONS', 'DELETE', 'GET', 'POST']) {
        assertProblem(await send({ method, path: '/api/nothing' }), 'not_found');
      }
    });

    it('OPTIONS tells the methods, needs no token and does no work', async () => {
      const { send, lines } = await open(definition);
      lines.length = 0;
      const answer = await send({ method: 'OPTIONS', headers: { Authorization: undefined } });
      assert.deepEqual([answer.status, answer.text, answer.headers.Allow], [204, '', allow]);
      assertHeaders(answer);
      assert.ok(!('RateLimit' in answer.headers));
    });

    if (definition.method === 'GET') {
      it('HEAD is answered as GET is; the server leaves the body out', async () => {
        const { send } = await open(definition);
        const [get, head] = [await send({ method: 'GET' }), await send({ method: 'HEAD' })];
        assertSuccess(definition, { ...head, text: get.text, body: get.body });
        assert.equal(head.status, get.status);
        assert.deepEqual(Object.keys(head.headers), Object.keys(get.headers));
      });
    }
  });
});
