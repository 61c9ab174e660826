// The least that one could do: an empty function, one that only stores, and one that only publishes.
exports.hello = (_request, response) => response.send('Hello');

let db;
exports.create = async (request, response) => {
  db ??= new (require('@google-cloud/firestore').Firestore)();
  await db.collection('tweets').doc(request.body.tweetId).create(request.body);
  response.send({ status: 'stored' });
};

let topic;
exports.publish = async (request, response) => {
  topic ??= new (require('@google-cloud/pubsub').PubSub)().topic(process.env.PUBSUB_TOPIC);
  response.send({ messageId: await topic.publishMessage({ json: request.body }) });
};
