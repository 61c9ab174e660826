// The cloud build runs this as gcp-build, in the place and on the Node that the functions will have: it serves one
// request, which finds no database, and keeps what Node has compiled by then. A deployment does without where it fails.
const { mkdirSync } = require('node:fs');
const { flushCompileCache } = require('node:module');
const { join } = require('node:path');

async function write() {
  const nowhere = { FIRESTORE_EMULATOR_HOST: '127.0.0.1:1', PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };
  const logged = { LOG_LEVEL: 'ERROR', NODE_ENV: 'production' };
  Object.assign(process.env, nowhere, logged, { FUNCTION_TARGET: 'health', GCLOUD_PROJECT: 'demo-build' });
  mkdirSync(join(__dirname, 'lib/cache'), { recursive: true });
  const { health } = require('./lib/index.cjs');
  require('@google-cloud/functions-framework').http('health', health);
  const server = require('@google-cloud/functions-framework/testing').getTestServer('health');
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { status } = await fetch(`http://127.0.0.1:${server.address().port}/api/health`);
  flushCompileCache();
  return `written; the health check answered ${status}`;
}

void write()
  .catch((error) => `not written: ${error}`)
  .then((outcome) => {
    console.log(`Compile cache ${outcome}`);
    process.exit();
  });
