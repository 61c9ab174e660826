import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors.ts';
import {
  asProblem,
  challenge,
  PROBLEM_STATUS,
  Problem,
  type ProblemCode,
  problemBody,
  problemSchema,
} from '../../../src/http/problem.ts';
import type { LogLine } from '../../support/memory/services.ts';

const CODES = Object.keys(PROBLEM_STATUS) as ProblemCode[];

describe('a problem', () => {
  let lines: LogLine[];
  beforeEach(() => {
    lines = [];
  });
  const log = (severity: LogLine['severity'], event: string, fields = {}) =>
    void lines.push({ severity, event, fields });

  it('has the status that belongs to its code', () => {
    assert.deepEqual(PROBLEM_STATUS, {
      invalid_request: 400,
      malformed_json: 400,
      unauthenticated: 401,
      token_expired: 401,
      invalid_credentials: 401,
      invalid_refresh_token: 401,
      account_disabled: 403,
      forbidden: 403,
      not_found: 404,
      method_not_allowed: 405,
      request_timeout: 408,
      email_taken: 409,
      payload_too_large: 413,
      unsupported_media_type: 415,
      rate_limited: 429,
      internal: 500,
      unavailable: 503,
    });
  });

  for (const code of CODES) {
    it(`with the code ${code} has a body as RFC 9457 has it`, () => {
      const body = problemBody(new Problem(code, 'What happened.'), 'request-1');
      const { title, ...rest } = problemSchema.parse(body);
      assert.ok(title.length > 3);
      const status = PROBLEM_STATUS[code];
      const detail = 'What happened.';
      assert.deepEqual(rest, { type: 'about:blank', status, detail, code, requestId: 'request-1' });
    });
  }

  it('lists the fields that are wrong, and has no list where there are none', () => {
    const fields = [{ path: 'email', message: 'is required' }];
    const body = problemBody(new Problem('invalid_request', 'Bad.', { fields }), 'request-1');
    assert.deepEqual(body.errors, fields);
    assert.ok(!('errors' in problemBody(new Problem('invalid_request', 'Bad.'), 'request-1')));
  });

  it('tells when to try again where the service is unavailable', () => {
    assert.deepEqual(new Problem('unavailable', 'Later.').headers, { 'Retry-After': '5' });
    assert.deepEqual(
      asProblem(new AppError('unavailable', 'Later.', { retryAfterSeconds: 60 }), log).headers,
      {
        'Retry-After': '60',
      },
    );
    assert.deepEqual(new Problem('internal', 'Oh.').headers, {});
  });

  it('is made of a refusal with its words, and logged by nobody', () => {
    const problem = asProblem(new AppError('email_taken', 'Taken.', { cause: new Error('inside') }), log);
    assert.deepEqual([problem.code, problem.message], ['email_taken', 'Taken.']);
    assert.deepEqual(lines, []);
  });

  it('that says the database is away says why in the log only', () => {
    const problem = asProblem(
      new AppError('unavailable', 'Try again.', { cause: new Error('14 at host:443') }),
      log,
    );
    assert.deepEqual([problem.code, problem.message], ['unavailable', 'Try again.']);
    assert.match(String(lines[0]?.fields.reason), /14 at host:443/);
    assert.deepEqual([lines[0]?.severity, lines[0]?.event], ['ERROR', 'unavailable']);
  });

  it('made of anything else is internal, and the log alone knows what it was', () => {
    for (const thrown of [new TypeError('s3cret'), 's3cret', { toString: () => 's3cret' }]) {
      const problem = asProblem(thrown, log);
      assert.equal(problem.code, 'internal');
      assert.ok(!JSON.stringify(problemBody(problem, 'request-1')).includes('s3cret'));
      const line = lines.pop();
      assert.deepEqual([line?.severity, line?.event], ['ERROR', 'internal_error']);
      assert.match(String(line?.fields.reason), /s3cret/);
    }
    assert.equal(asProblem(undefined, log).code, 'internal');
    assert.equal(asProblem(null, log).code, 'internal');
  });
});

describe('the challenge of a 401', () => {
  it('names an error only where a token was presented and refused', () => {
    assert.equal(challenge('unauthenticated', undefined), 'Bearer');
    assert.equal(challenge('unauthenticated', 'Bearer x'), 'Bearer error="invalid_token"');
    assert.equal(challenge('token_expired', 'Bearer x'), 'Bearer error="invalid_token"');
    assert.equal(challenge('invalid_credentials', 'Bearer x'), 'Bearer');
    assert.equal(challenge('invalid_refresh_token', undefined), 'Bearer');
  });
});
