import assert from 'node:assert/strict';
import { z } from 'zod';
import { bodyBoundsOf } from '../../src/http/endpoint.ts';
import { assertProblem, assertSuccess } from '../support/assertions.ts';
import { needsToken, onEveryEndpoint, open, takesBody } from '../support/everyEndpoint.ts';

describe('the body of', () => {
  const unread = { onRead: () => assert.fail('The body was read.') };

  onEveryEndpoint(
    (definition) => {
      it('is not read before the caller is known, and not beyond the rate limit', async () => {
        const { send } = await open(definition, { RATE_LIMIT_PER_MINUTE: '1' });
        assertProblem(await send({ headers: { Authorization: undefined }, ...unread }), 'unauthenticated');
        assertProblem(await send({ headers: { Authorization: 'Bearer x' }, ...unread }), 'unauthenticated');
        let reads = 0;
        const onRead = () => {
          reads += 1;
        };
        assertProblem(await send({ body: '{', onRead }), 'malformed_json');
        assert.equal(reads, 1);
        assertProblem(await send(unread), 'rate_limited');
      });
    },
    (definition) => takesBody(definition) && needsToken(definition),
  );

  onEveryEndpoint(
    (definition) => {
      it('is not read beyond the rate limit', async () => {
        const { send } = await open(definition, { PUBLIC_RATE_LIMIT_PER_MINUTE: '1' });
        await send({ body: {} });
        assertProblem(await send(unread), 'rate_limited');
      });
    },
    (definition) => takesBody(definition) && !needsToken(definition) && !definition.sessionOf,
  );

  onEveryEndpoint((definition) => {
    it('is not read when it is of another type', async () => {
      const { send } = await open(definition);
      const answer = await send({ headers: { 'Content-Type': 'text/plain' }, ...unread });
      assertProblem(answer, 'unsupported_media_type');
    });
  }, takesBody);
  onEveryEndpoint((definition) => {
    it('JSON may say that it is in UTF-8', async () => {
      const { send } = await open(definition);
      const answer = await send({ headers: { 'Content-Type': 'Application/JSON; charset=UTF-8' } });
      assertSuccess(definition, answer);
    });

    it('another type, none, or another charset is 415 [ASVS 3.5.2]', async () => {
      const { send } = await open(definition);
      const types = [undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/xml'];
      for (const type of [...types, 'multipart/form-data; boundary=x', 'application/json; charset=utf-16']) {
        assertProblem(await send({ headers: { 'Content-Type': type } }), 'unsupported_media_type');
      }
    });

    it('more than its limit is 413, also where they are no JSON', async () => {
      const { send, valid } = await open(definition);
      const padding = 'x'.repeat(bodyBoundsOf(definition).limitBytes);
      assertProblem(await send({ body: { ...valid.body, padding } }), 'payload_too_large');
      assertProblem(await send({ body: `${padding}{` }), 'payload_too_large');
    });

    it('as much as its limit is accepted', async () => {
      const { send, valid } = await open(definition);
      const text = JSON.stringify(valid.body);
      const body = text.padEnd(bodyBoundsOf(definition).limitBytes, ' ');
      assertSuccess(definition, await send({ body }));
    });

    it('what is no JSON is 400 malformed_json, and its error shows nothing of it', async () => {
      const { send } = await open(definition);
      for (const body of ['', ' ', '{', '{"s3cret', 's3cret', '{"a":1}}', "{'a':1}", '\ufeff', '[1,']) {
        const answer = await send({ body });
        assertProblem(answer, 'malformed_json');
        assert.ok(!answer.text.includes('s3cret'));
      }
    });

    it('what is no UTF-8 is 400 malformed_json', async () => {
      const { send, valid } = await open(definition);
      const text = JSON.stringify({ ...valid.body, more: 'é' });
      assertSuccess(definition, await send({ body: Buffer.from(text, 'utf8') }));
      const again = await open(definition);
      assertProblem(await again.send({ body: Buffer.from(text, 'latin1') }), 'malformed_json');
      assertProblem(await again.send({ body: Buffer.from(text, 'utf16le') }), 'malformed_json');
    });

    it('what is no object is 400 with an entry for the body itself', async () => {
      const { send } = await open(definition);
      for (const body of [null, [], [{}], [null], '"text"', 0, -1.5e300, true, false]) {
        const answer = await send({ body });
        assertProblem(answer, 'invalid_request');
        assert.deepEqual(answer.body.errors, [{ path: '', message: 'must be of type object' }]);
      }
    });

    it('an empty object is 400 with an entry for each field that is required, or for the choice between two', async () => {
      const { send } = await open(definition);
      const answer = await send({ body: {} });
      assertProblem(answer, 'invalid_request');
      assert.ok(answer.body.errors.length > 0);
      for (const { path, message } of answer.body.errors) {
        assert.match(message, path ? /^is required$/ : /^must have either \w+ or \w+$/);
      }
    });

    it('unknown fields are dropped, whatever they are called', async () => {
      const { send, valid } = await open(definition);
      const text = JSON.stringify(valid.body).slice(0, -1);
      const more =
        '"more":{"a":[1]},"__proto__":{"isAdmin":true},"constructor":null,"toString":1,"role":"admin"';
      assertSuccess(definition, await send({ body: `${text},${more}}` }));
      assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
    });

    it('null in an optional field means that it is absent', async () => {
      const shape: Record<string, z.ZodType> = (definition.request as z.ZodObject).shape;
      const optional = Object.keys(shape).filter((name) => shape[name]?.isOptional());
      const { send, valid } = await open(definition);
      const missing = optional.filter((name) => !Object.hasOwn(valid.body ?? {}, name));
      const nulls = Object.fromEntries(missing.map((name) => [name, null]));
      assertSuccess(definition, await send({ body: { ...valid.body, ...nulls } }));
      for (const name of optional.filter((name) => Object.hasOwn(valid.body ?? {}, name))) {
        const { [name]: _, ...without } = valid.body ?? {};
        const [absent, given] = [
          await (await open(definition)).send({ body: without }),
          await (await open(definition)).send({ body: { ...without, [name]: null } }),
        ];
        assert.deepEqual([given.status, given.body?.errors], [absent.status, absent.body?.errors], name);
      }
    });

    it('has no objects within, whose nulls would have to mean the same', () => {
      for (const field of Object.values((definition.request as z.ZodObject).shape)) {
        let inner = field as z.ZodType;
        while (
          inner instanceof z.ZodOptional ||
          inner instanceof z.ZodDefault ||
          inner instanceof z.ZodNullable
        )
          inner = inner.unwrap() as z.ZodType;
        assert.ok(!(inner instanceof z.ZodObject));
      }
    });

    it('fields cannot come by way of a prototype', async () => {
      const { send, valid } = await open(definition);
      const answer = await send({ body: `{"__proto__":${JSON.stringify(valid.body)}}` });
      assertProblem(answer, 'invalid_request');
    });

    it('of a field that is there twice the last one counts, as in all JSON', async () => {
      const { send, valid } = await open(definition);
      const [first] = Object.keys(valid.body ?? {});
      const text = JSON.stringify(valid.body).slice(1);
      assertSuccess(definition, await send({ body: `{"${first}":7,${text}` }));
    });
  }, takesBody);

  onEveryEndpoint(
    (definition) => {
      it('is not looked at, since it takes none', async () => {
        for (const body of ['{', 'x'.repeat(bodyBoundsOf(definition).limitBytes + 1), undefined]) {
          const { send } = await open(definition);
          const headers = { 'Content-Type': undefined };
          assertSuccess(definition, await send({ body, headers, ...unread }));
        }
      });
    },
    (definition) => !takesBody(definition),
  );
});
