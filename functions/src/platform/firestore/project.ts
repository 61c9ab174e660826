import { applicationDefault, type Credential, getApp, getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { deployedAccessToken } from '../accessToken.ts';

/** Silence on an open call after which a ping is sent, and the time it has for an answer. */
export const KEEPALIVE = { afterMs: 10_000, timeoutMs: 5000 };

export interface Project {
  id: string;
  credential: Credential;
  db: Firestore;
}

/** Firestore's settings can be set only once. */
const configured = new WeakSet<Firestore>();

/** The Google Cloud project (or emulators) that this process runs in. */
export function openProject(databaseId: string): Project {
  // firebase-functions opens the default app for a trigger before our code runs.
  const isOpen = getApps().some(({ name }) => name === '[DEFAULT]');
  const app = isOpen ? getApp() : initializeApp();
  const db = getFirestore(app, databaseId);
  if (!configured.has(db)) {
    const own = deployedAccessToken && { auth: auth(deployedAccessToken) };
    db.settings({ ...channelOptions(), ...own });
    configured.add(db);
  }
  return { id: process.env.GCLOUD_PROJECT ?? '', credential: applicationDefault(), db };
}

/** The part of google-auth-library that a Firestore client uses, with bounded waits. */
function auth(accessToken: () => Promise<string>) {
  const client = { getRequestHeaders: async () => ({ Authorization: `Bearer ${await accessToken()}` }) };
  return { getClient: async () => client, getUniverseDomain: async () => 'googleapis.com' };
}

/**
 * Enables HTTP/2 pings while calls are open, so that a dead connection is detected (gRFC A8). Without them a call waits
 * until TCP times out. ADR 26 explains the values.
 */
function channelOptions() {
  const { afterMs, timeoutMs } = KEEPALIVE;
  return { 'grpc.keepalive_time_ms': afterMs, 'grpc.keepalive_timeout_ms': timeoutMs };
}
