import { applicationDefault, type Credential, getApp, getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

export interface Project {
  id: string;
  credential: Credential;
  db: Firestore;
}

/** The Google Cloud project (or emulators) that this process runs in. */
export function openProject(databaseId: string): Project {
  // firebase-functions opens the default app for a trigger before our code runs.
  const isOpen = getApps().some(({ name }) => name === '[DEFAULT]');
  const app = isOpen ? getApp() : initializeApp();
  return {
    id: process.env.GCLOUD_PROJECT ?? '',
    credential: applicationDefault(),
    db: getFirestore(app, databaseId),
  };
}
