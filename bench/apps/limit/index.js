// The least that one could do: an empty function, and ones that only store, list or publish.
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

exports.list = async (request, response) => {
  const owned = collection().where('userId', '==', request.query.userId);
  const { docs } = await owned.orderBy('createdAt', 'desc').limit(20).get();
  response.send(docs.map((found) => found.data()));
};

let topic;
exports.publish = async (request, response) => {
  topic ??= new (require('@google-cloud/pubsub').PubSub)().topic(process.env.PUBSUB_TOPIC);
  response.send({ messageId: await topic.publishMessage({ json: request.body }) });
};
