import assert from 'node:assert/strict';
import { onEveryEndpoint, open } from '../support/everyEndpoint.ts';

describe('the headers of', () => {
  onEveryEndpoint((definition) => {
    it('the request that the handler reads are the declared ones', async () => {
      const { send } = await open(definition);
      const read = new Set<string>();
      const handle: typeof definition.handle = (request: { header: (name: string) => unknown }, services) => {
        const header = (name: string) => {
          read.add(name);
          return request.header(name);
        };
        return definition.handle({ ...request, header } as never, services);
      };
      await send({}, { ...definition, handle });
      // A token is declared by `access`, or by a refusal of one.
      read.delete('authorization');
      const declared = Object.keys(definition.requestHeaders ?? {}).map((name) => name.toLowerCase());
      assert.deepEqual([...read], declared);
    });
  });
});
