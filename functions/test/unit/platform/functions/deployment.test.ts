import assert from 'node:assert/strict';
import { whenServing } from '../../../../src/platform/functions/deployment.ts';

describe('a process that serves a function', () => {
  const { FUNCTION_TARGET, LOG_LEVEL } = process.env;
  const restore = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  afterEach(() => {
    restore('FUNCTION_TARGET', FUNCTION_TARGET);
    restore('LOG_LEVEL', LOG_LEVEL);
  });

  const prepared = (target: string | undefined) => {
    let count = 0;
    restore('FUNCTION_TARGET', target);
    whenServing('capture', () => {
      count += 1;
    });
    return count;
  };

  it('is prepared for that function', () => assert.equal(prepared('capture'), 1));

  it('is not prepared for the others, nor when functions are only listed', () => {
    assert.equal(prepared('login'), 0);
    assert.equal(prepared(undefined), 0);
  });

  it('does not start with a bad parameter, and names it', () => {
    process.env.LOG_LEVEL = 'LOUD';
    assert.throws(() => prepared('capture'), /LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR/);
    assert.equal(prepared('login'), 0);
  });
});
