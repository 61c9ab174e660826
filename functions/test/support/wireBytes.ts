import { createRequire } from 'node:module';
import type { Firestore } from 'firebase-admin/firestore';

const require = createRequire(import.meta.url);
const { Root } = require('protobufjs');
const v1 = Root.fromJSON(require('@google-cloud/firestore/build/protos/v1.json'));
const TYPES: Record<string, string> = { commit: 'CommitRequest', batchWrite: 'BatchWriteRequest' };

interface Wire {
  request(method: string, request: object, ...more: unknown[]): Promise<unknown>;
}

/** The sizes of the commits that leave for Firestore from now on, in bytes of protobuf. */
export function watchCommits(db: Firestore): number[] {
  const sizes: number[] = [];
  const wire = db as unknown as Wire;
  const { request } = wire;
  wire.request = async (method, body, ...more) => {
    const name = TYPES[method];
    if (name) {
      const type = v1.lookupType(`google.firestore.v1.${name}`);
      sizes.push(type.encode(type.fromObject(body)).finish().length);
    }
    return await request.call(db, method, body, ...more);
  };
  return sizes;
}
