// Every endpoint there is. The functions, the contract tests and the check of the Hosting rewrites read this list.
export { changePassword } from './accounts/changePassword.ts';
export { deleteAccount } from './accounts/deleteAccount.ts';
export { endSession } from './accounts/endSession.ts';
export { exportAccount } from './accounts/exportAccount.ts';
export { getAccount } from './accounts/getAccount.ts';
export { login } from './accounts/login.ts';
export { logout } from './accounts/logout.ts';
export { refresh } from './accounts/refresh.ts';
export { register } from './accounts/register.ts';
export { health } from './health/health.ts';
export { capture } from './tweets/capture.ts';
