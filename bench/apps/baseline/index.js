// An implementation in the style of the tutorials: one file that loads everything for every function.
const bcrypt = require('bcryptjs');
const { PubSub } = require('@google-cloud/pubsub');
const admin = require('firebase-admin');
const functions = require('firebase-functions');
const { onDocumentCreated } = require('firebase-functions/firestore');
const { onRequest } = require('firebase-functions/https');
const jwt = require('jsonwebtoken');
const { z } = require('zod');

admin.initializeApp();
const db = admin.firestore();
const topic = new PubSub().topic(process.env.PUBSUB_TOPIC);

const tweet = z.object({
  tweetId: z.string().regex(/^\d{15,20}$/),
  tweetText: z.string().max(5000),
  authorUsername: z.string().min(1).max(50),
});

function read(request) {
  const { sub } = jwt.verify(
    request.get('authorization').slice('Bearer '.length),
    process.env.JWT_SECRET_KEY,
  );
  const body = tweet.parse(request.body);
  return { userId: sub, body, ref: db.collection('tweets').doc(`${sub}_${body.tweetId}`) };
}

exports.login = onRequest(async (request, response) => {
  const user = (await db.collection('users').where('email', '==', request.body.email).get()).docs[0];
  if (!user || !(await bcrypt.compare(request.body.password, user.get('passwordHash')))) {
    return response.status(401).send({ error: 'invalid_credentials' });
  }
  response.send({ accessToken: jwt.sign({ sub: user.id }, process.env.JWT_SECRET_KEY) });
});

/** Stores the tweet; the trigger publishes it. */
exports.capture = onRequest(async (request, response) => {
  if (request.method === 'OPTIONS') return response.status(204).end();
  const { userId, body, ref } = read(request);
  await ref.create({ userId, rawData: body, createdAt: new Date(), pubsubMessageId: null });
  response.send({ status: 'queued', tweetId: body.tweetId });
});

exports.publishTweet = onDocumentCreated('tweets/{id}', async (event) => {
  const messageId = await topic.publishMessage({ json: event.data.data().rawData });
  await event.data.ref.update({ pubsubMessageId: messageId, publishedAt: new Date() });
  functions.logger.info('published', { messageId });
});

/**
 * Checks for a duplicate, publishes the tweet and stores it, all in the request. Uses a collection of its own, since the
 * emulator's query would scan the tweets of the other contestants.
 */
exports.captureInline = onRequest(async (request, response) => {
  const { userId, body } = read(request);
  const { tweetId } = body;
  const tweets = db.collection('inlineTweets');
  const same = tweets.where('userId', '==', userId).where('tweetId', '==', tweetId);
  if (!(await same.limit(1).get()).empty) return response.send({ status: 'duplicate', tweetId });
  const messageId = await topic.publishMessage({ json: body, attributes: { userId, tweetId } });
  const at = new Date();
  await tweets.doc(`${userId}_${tweetId}`).set({
    userId,
    tweetId,
    rawData: body,
    pubsubMessageId: messageId,
    createdAt: at,
    publishedAt: at,
  });
  response.send({ status: 'published', tweetId, messageId });
});
