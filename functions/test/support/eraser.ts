// Erases the account whose id is given, in a process that a test can kill on the way.

import { services } from '../../src/app/services.ts';
import { eraseAll } from '../../src/privacy/eraseAccounts.ts';

const [userId = ''] = process.argv.slice(2);
await eraseAll(userId, services(), () => true);
