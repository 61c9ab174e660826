import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startInstance } from '../support/production.ts';
import { SECRETS } from '../support/project.ts';

describe('a function under the functions framework', () => {
  const refused: [string, string, Record<string, string>, RegExp][] = [
    [
      'a secret of 31 bytes',
      'login',
      { ...SECRETS, JWT_SECRET_KEY: 'x'.repeat(31) },
      /JWT_SECRET_KEY must be/,
    ],
    ['no secret', 'capture', {}, /JWT_SECRET_KEY must be/],
    [
      'a short previous secret',
      'refresh',
      { ...SECRETS, JWT_SECRET_KEY_PREVIOUS: 'short' },
      /JWT_SECRET_KEY_PREVIOUS must be/,
    ],
    [
      'a webhook that is no https URL',
      'retryQueue',
      { ALERT_WEBHOOK_URL: `http://a.example/${'x'.repeat(31)}` },
      /ALERT_WEBHOOK_URL must be/,
    ],
    ['a bad parameter', 'health', { CAPTURE_WAIT_MS: 'soon' }, /CAPTURE_WAIT_MS must be a whole number/],
    ['a bad parameter', 'publishTweet', { PUBSUB_TOPIC: 'a/b' }, /PUBSUB_TOPIC must be/],
    ['a bad parameter', 'retryQueue', { LOG_LEVEL: 'LOUD' }, /LOG_LEVEL must be/],
  ];
  for (const [what, name, environment, message] of refused) {
    it(`${name} refuses to serve with ${what}, and names it`, async () => {
      const { child, output } = startInstance(name, environment);
      const [code] = await once(child, 'exit');
      assert.notEqual(code, 0);
      assert.match(output(), message);
      assert.doesNotMatch(output(), /x{31}/);
    });
  }
});
