// Erases the account whose id is given, in a process that a test can kill on the way.
import { eraseAll } from '../../src/accounts/eraseAccounts.ts';
import { services } from '../../src/services.ts';

const [userId = ''] = process.argv.slice(2);
await eraseAll(userId, services(), () => true);
