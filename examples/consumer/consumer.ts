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
    // A crash between recording and acknowledging leads to a copy of the message, which `save` ignores.
    if (record.save(received)) console.log(formatLine(received));
    message.ack();
  } catch (error) {
    console.error(`Message ${message.id} was rejected, and will be delivered again: ${error}`);
    message.nack();
  }
});
subscription.on('error', (error) => {
  console.error(`Cannot read the subscription ${name}: ${error.message}`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stop();
  });
}
console.log(`Waiting for tweets on ${name}`);

/** Sends the pending acknowledgements and exits. */
async function stop() {
  await subscription.close();
  record.close();
  process.exit(0);
}

/** Without control characters: a tweet must not control the terminal. */
function formatLine({
  revision,
  tweet: { tweetId, authorUsername, tweetText },
}: ReturnType<typeof readMessage>) {
  const line = `${tweetId} (revision ${revision}) ${authorUsername ?? 'unknown'}: ${tweetText ?? ''}`;
  return line.replace(/[\p{C}\s]+/gu, ' ').slice(0, 160);
}
