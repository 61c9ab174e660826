// Minimal implementations: an empty function, and functions that only store or publish.
exports.hello = (_request, response) => response.send('Hello');

let tweets;
const collection = () => {
  tweets ??= new (require('@google-cloud/firestore').Firestore)().collection('tweets');
  return tweets;
};

exports.create = async (request, response) => {
  await collection().doc(request.body.tweetId).create(request.body);
  response.send({ status: 'stored' });
};

let topic;
exports.publish = async (request, response) => {
  topic ??= new (require('@google-cloud/pubsub').PubSub)().topic(process.env.PUBSUB_TOPIC);
  response.send({ messageId: await topic.publishMessage({ json: request.body }) });
};
