import assert from 'node:assert/strict';
import type { ServedEndpoint } from '../../src/app/functions.ts';
import { PROBLEM_STATUS, type ProblemCode, problemSchema } from '../../src/http/problem.ts';
import type { Answered } from './call.ts';
import { linesOf, rowsOf } from './lines.ts';

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'",
};

/** The rows or lines of what is written while it is read, by its type. */
const STREAMS: Record<string, (text: string) => unknown[]> = {
  'application/x-ndjson; charset=utf-8': linesOf,
  'text/csv; charset=utf-8; header=present': rowsOf,
};

/** What every answer has, whatever it says. */
export function assertHeaders({ headers }: Answered): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) assert.equal(headers[name], value, name);
  assert.match(headers['X-Request-Id'] ?? '', /^[A-Za-z0-9_-]{8,128}$/);
  assert.equal(headers.Vary, 'Origin');
}

/** A success that the definition declares, with nothing in it that the definition does not name. */
export function assertSuccess({ responses }: ServedEndpoint, answer: Answered): void {
  const schema = responses[answer.status];
  assert.ok(schema, `${answer.status} is not declared: ${answer.text}`);
  const type = answer.headers['Content-Type'];
  const read = STREAMS[type ?? ''];
  if (read) for (const each of read(answer.text)) assert.equal(typeof each, 'object');
  else {
    assert.deepEqual(schema.parse(answer.body), answer.body);
    assert.equal(type, answer.text === '' ? undefined : 'application/json; charset=utf-8');
  }
  assertHeaders(answer);
}

/** A problem as every error is one, with the code where a test expects a certain one. */
export function assertProblem(answer: Answered, code?: ProblemCode): void {
  const body = problemSchema.parse(answer.body);
  if (code) assert.equal(body.code, code, answer.text);
  assert.equal(answer.status, PROBLEM_STATUS[body.code]);
  assert.equal(body.status, answer.status);
  assert.equal(body.requestId, answer.headers['X-Request-Id']);
  assert.equal(answer.headers['Content-Type'], 'application/problem+json');
  assert.equal('WWW-Authenticate' in answer.headers, answer.status === 401);
  assert.equal('Allow' in answer.headers, answer.status === 405);
  assert.equal('Retry-After' in answer.headers, [429, 503].includes(answer.status));
  assertHeaders(answer);
}
