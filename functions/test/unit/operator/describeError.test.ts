import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/parameters.ts';
import { AppError } from '../../../src/core/errors.ts';
import { describeError } from '../../../tools/operator/describeError.ts';
import { OperatorError } from '../../../tools/operator/operator.ts';

const coded = (code: number | string, message: string) => Object.assign(new Error(message), { code });
const project = 'my-tweets';

describe('an error that the operator meets', () => {
  it('is their own mistake as it was put', () => {
    assert.equal(
      describeError(new OperatorError('There is no account.'), { project }),
      'There is no account.',
    );
  });

  it('is the parameter that has a bad value', () => {
    assert.throws(
      () => readConfig({ AUDIT_RETENTION_DAYS: 'some' }),
      (error) => /AUDIT_RETENTION_DAYS must be a whole number/.test(describeError(error, { project }) ?? ''),
    );
  });

  for (const error of [
    new Error('Could not load the default credentials. Browse to https://example.com for more.'),
    coded('400', 'invalid_grant'),
    coded(16, '16 UNAUTHENTICATED: Request had invalid authentication credentials.'),
    new AppError('unavailable', 'Try again.', {
      cause: coded(14, 'Getting metadata from plugin failed with error: invalid_rapt'),
    }),
  ]) {
    it(`is that there are no valid credentials, and how to get some: ${error.cause ?? error}`, () => {
      assert.match(
        describeError(error, { project }) ?? '',
        /^There are no .* gcloud auth application-default login/,
      );
    });
  }

  it('is a permission that is missing, in the words that came with it', () => {
    const words = describeError(coded(7, '7 PERMISSION_DENIED: Missing permissions.'), { project });
    assert.match(words ?? '', /^You may not .* my-tweets .*Missing permissions.*roles\/datastore\.user/);
  });

  it('is a database that does not exist', () => {
    const words = describeError(coded(5, '5 NOT_FOUND: The database x does not exist'), { project });
    assert.match(words ?? '', /^my-tweets has no such Firestore database .*FIRESTORE_DATABASE/);
  });

  it('is a database that does not answer: the network, or npm start', () => {
    const silent = new AppError('unavailable', 'Not in time.');
    assert.match(
      describeError(silent, { project }) ?? '',
      /^The Firestore of my-tweets does not answer\. .*network/,
    );
    const words = describeError(silent, { project, emulator: '127.0.0.1:8080' });
    assert.equal(words, 'The emulator at 127.0.0.1:8080 does not answer. Is npm start running?');
    const offline = coded('ENOTFOUND', 'getaddrinfo ENOTFOUND oauth2.googleapis.com');
    assert.match(describeError(offline, { project }) ?? '', /Check the network/);
  });

  it('is left as it is where it is a bug', () => {
    for (const error of [new TypeError('a bug'), coded(3, 'INVALID_ARGUMENT'), undefined]) {
      assert.equal(describeError(error, { project }), undefined);
    }
  });
});
