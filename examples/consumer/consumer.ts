import { PubSub } from '@google-cloud/pubsub';
import { readMessage } from './message.ts';
import { openRecord } from './record.ts';

const [name, file = 'tweets.sqlite'] = process.argv.slice(2);
if (!name) {
  console.error('Usage: node consumer.ts <subscription> [file]');
  process.exit(2);
}

const record = openRecord(file);
const subscription = new PubSub().subscription(name);

subscription.on('message', (message) => {
  try {
    const received = readMessage(message);
    // Recorded first, acknowledged then: a crash between the two brings a copy, which is no news.
    if (record.keep(received)) console.log(inOneLine(received));
    message.ack();
  } catch (error) {
    console.error(`Message ${message.id} could not be taken: ${error}`);
    message.nack();
  }
});
subscription.on('error', (error) => {
  console.error(`The subscription ${name} cannot be read: ${error.message}`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void end();
  });
}
console.log(`Waiting for tweets of ${name}`);

/** Sends the acknowledgements that are still on their way. */
async function end() {
  await subscription.close();
  record.close();
  process.exit(0);
}

/** Tweets are written by strangers: nothing in them shall steer the terminal. */
function inOneLine({
  revision,
  tweet: { tweetId, authorUsername, tweetText },
}: ReturnType<typeof readMessage>) {
  const line = `${tweetId} (revision ${revision}) ${authorUsername ?? 'unknown'}: ${tweetText ?? ''}`;
  return line.replace(/[\p{C}\s]+/gu, ' ').slice(0, 160);
}
