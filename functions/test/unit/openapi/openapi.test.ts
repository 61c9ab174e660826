import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { generateDocs } from '../../../../scripts/openapi/generateDocs.mjs';
import type { ServedEndpoint } from '../../../src/app/functions.ts';
import { endpoint } from '../../../src/http/endpoint.ts';
import { jsonLines, streamFormatsOf } from '../../../src/http/textStream.ts';
import { openApi } from '../../../tools/openapi/openapi.ts';
import { assertValid, document as committed } from '../../support/documented.ts';
import { ALL } from '../../support/everyEndpoint.ts';
import { linesOf, rowsOf } from '../../support/lines.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const { paths } = JSON.parse(read('openapi.json'));
const operationOf = ({ method, path }: { method: string; path: string }) => paths[path][method.toLowerCase()];
const find = (wanted: string) => operationOf(ALL.find(({ name }) => name === wanted) as (typeof ALL)[0]);

describe('what is generated from the definitions', () => {
  for (const [path, text] of Object.entries(generateDocs())) {
    it(`is ${path}; where this fails, run npm run openapi`, () => assert.ok(read(path) === text));
  }
});

describe('the OpenAPI document', () => {
  it('is a valid one of version 3.1', async () => {
    const validator = new Validator();
    assert.deepEqual(await validator.validate(JSON.parse(read('openapi.json'))), { valid: true });
    assert.equal(validator.version, '3.1');
  });

  it('has every endpoint, and nothing else', () => {
    const operations = Object.values(paths).flatMap((path) => Object.values(path as object));
    const names = operations.map(({ operationId }) => operationId);
    assert.deepEqual(names.sort(), ALL.map(({ name }) => name).sort());
  });

  for (const definition of ALL) {
    const { name, request, responses } = definition;

    it(`has examples that are valid: ${name}`, () => {
      const { requestBody, responses: documented } = operationOf(definition);
      if (request) request.parse(requestBody.content['application/json'].example);
      for (const [status, schema] of Object.entries(responses)) {
        const { content = { 'application/json': { example: null } } } = documented[status];
        const line = streamFormatsOf(schema)?.value;
        if (line) {
          for (const part of linesOf(content['application/x-ndjson'].example)) {
            if (!line.safeParse(part).success) line.parse(withDates(part));
          }
          const table = content['text/csv']?.example;
          if (table) assert.equal(rowsOf(table).length, 1);
        } else {
          const { example } = content['application/json'];
          assert.deepEqual(schema.parse(example), example);
        }
      }
    });
  }

  it('has no example in a schema that does not fit it', () => {
    let seen = 0;
    const look = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      const { examples } = part as { examples?: unknown };
      for (const example of Array.isArray(examples) ? examples : []) {
        assertValid(part, example, JSON.stringify(example));
        seen += 1;
      }
      Object.values(part).forEach(look);
    };
    look(committed);
    assert.ok(seen > 50);
  });

  it('tells who may call, as roles, and where a token is possible', () => {
    assert.deepEqual(find('capture').security, [{ bearer: [] }]);
    assert.deepEqual(find('getStatus').security, [{ bearer: ['admin'] }]);
    assert.deepEqual(find('logout').security, [{}, { bearer: [] }]);
    assert.deepEqual(find('login').security, []);
  });

  it('tells the limit, and whose requests are counted together', () => {
    const parameter = 'RATE_LIMIT_PER_MINUTE';
    assert.deepEqual(find('exportAccount')['x-rate-limit'], {
      countedBy: 'user',
      parameter,
      default: 5,
      atMost: 5,
    });
    assert.match(find('refresh').description, /60 requests a minute by session, else IP address/);
  });

  it('has the parameters of path and query, and the headers that an endpoint reads', () => {
    const parameters = find('listTweets').parameters as { name?: string; in: string; schema: object }[];
    const limit = parameters.find(({ name }) => name === 'limit');
    assert.deepEqual(limit?.schema, { type: 'integer', minimum: 1, maximum: 100, default: 20 });
    const named = (name: string) => find(name).parameters.map((each: { name?: string }) => each.name);
    assert.ok(named('getTweet').includes('tweetId'));
    assert.ok(named('capture').includes('Prefer'));
    assert.ok('Preference-Applied' in find('capture').responses[200].headers);
  });

  it('has the codes of each status, and no status that cannot be', () => {
    const statuses = (name: string) => Object.keys(find(name).responses).join(' ');
    assert.equal(statuses('getTweet'), '200 400 401 403 404 405 429 500 503');
    assert.equal(statuses('register'), '201 400 403 405 408 409 413 415 429 500 503');
  });
});

describe('a definition that cannot be described', () => {
  const withResponse = (...schemas: z.ZodType[]) =>
    schemas.map((schema, index) =>
      endpoint({
        name: 'mine',
        method: 'GET',
        path: `/api/mine/${index}`,
        summary: '',
        access: 'public',
        rateLimitMode: 'local',
        request: null,
        responses: { 200: schema },
        errors: [],
        handle: () => Promise.reject(),
      }),
    );
  const document = (...schemas: z.ZodType[]) => openApi(withResponse(...schemas), '1');

  it('is named where a part of it has no example', () => {
    const schema = z.object({ inner: z.object({ word: z.string() }) });
    assert.throws(() => document(schema), /body\.inner\.word has no example/);
  });

  it('is refused where JSON Schema has no words for it, and not left out', () => {
    assert.throws(() => document(z.object({ at: z.string().transform(Number) })), /of type transform/);
    assert.throws(() => document(jsonLines(z.object({ at: z.custom() }))), /of type custom/);
  });

  it('is refused where a pattern would lose its flags', () => {
    const word = z
      .string()
      .regex(/^[a-z]+$/i)
      .meta({ examples: ['Word'] });
    assert.throws(() => document(word), /knows no flags/);
  });

  it('is refused where one name would stand for two schemas', () => {
    const both = z.object({ flag: z.boolean().default(false) }).meta({ id: 'Both' });
    const [definition] = withResponse(both);
    const sent = { ...(definition as ServedEndpoint), request: both };
    assert.throws(() => openApi([sent], '1'), /Both is the name of two schemas/);
  });
});

/** A value with times as the domain has them. */
const withDates = (value: object): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => (/^\d{4}-\d\d-\d\dT/.test(part) ? new Date(part) : part));
