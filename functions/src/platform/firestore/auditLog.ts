import type { Firestore } from 'firebase-admin/firestore';
import type { AuditLog } from '../../audit/audit.ts';
import { withMappedErrors } from './errors.ts';

export function createAuditLog(db: Firestore): AuditLog {
  return withMappedErrors<AuditLog>({
    async append({ id, ...entry }) {
      await db.collection('auditLog').doc(id).set(entry);
    },
  });
}
