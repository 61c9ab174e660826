import { randomUUID } from 'node:crypto';
import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { demandIndexes } from './indexes.ts';
import { suite } from './suite.ts';

/** An empty database on the emulator, in a project of its own, where no trigger listens; with the deployed indexes. */
export function emptyFirestore(projectId = `demo-${randomUUID()}`, host = suite.firestoreHost): Firestore {
  const open = () => getFirestore(initializeApp({ projectId }, projectId));
  return demandIndexes(reachedBy(host, open));
}

/** The SDK looks for the emulator when a client is made. */
function reachedBy(host: string, open: () => Firestore): Firestore {
  const usual = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = host;
  try {
    return open();
  } finally {
    process.env.FIRESTORE_EMULATOR_HOST = usual;
  }
}

/** The database that the running functions use. */
export function functionsFirestore(): Firestore {
  const found = getApps().find((app) => app.name === 'functions');
  return getFirestore(found ?? initializeApp({ projectId: process.env.GCLOUD_PROJECT ?? '' }, 'functions'));
}
