// Loaded into the functions emulator's workers: they reach Firestore through the tests' proxy. The emulator itself names
// its own Firestore in their environment.
const { WORKER_FIRESTORE_HOST: host } = process.env;
if (host && process.argv[1]?.endsWith('functionsEmulatorRuntime')) process.env.FIRESTORE_EMULATOR_HOST = host;
