import { randomUUID } from 'node:crypto';
import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { demandIndexes } from './indexes.ts';
import './suite.ts';

/** An empty database on the emulator, in a project of its own, where no trigger listens; with the deployed indexes. */
export function emptyFirestore(projectId = `demo-${randomUUID()}`): Firestore {
  return demandIndexes(getFirestore(initializeApp({ projectId }, projectId)));
}

/** The database that the running functions use. */
export function functionsFirestore(): Firestore {
  const found = getApps().find((app) => app.name === 'functions');
  return getFirestore(found ?? initializeApp({ projectId: process.env.GCLOUD_PROJECT ?? '' }, 'functions'));
}
