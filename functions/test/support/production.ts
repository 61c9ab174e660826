import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { send } from './api.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './freePorts.ts';
import { observe } from './programs.ts';
import { repository } from './project.ts';
import './suite.ts';

const functions = join(repository, 'functions');
const framework = join(functions, 'node_modules/@google-cloud/functions-framework/build/src/main.js');

/**
 * A function as Cloud Run runs it: one process of the functions framework on the built code, with the emulators
 * behind it. Unlike the functions emulator it serves parallel requests in that one process.
 */
export function startInstance(name: string, environment: Record<string, string>) {
  const [port] = freePorts(1);
  const child: ChildProcess = spawn(process.execPath, [framework], {
    cwd: functions,
    env: {
      ...process.env,
      NODE_V8_COVERAGE: '',
      NODE_ENV: 'production',
      FUNCTION_TARGET: name,
      FUNCTION_SIGNATURE_TYPE: 'http',
      PORT: String(port),
      ...environment,
    },
  });
  const { output } = observe(child);
  const url = `http://127.0.0.1:${port}/`;
  const answers = () =>
    send('OPTIONS', url).then(
      () => true,
      () => false,
    );
  return {
    child,
    url,
    output,
    ready: () => eventually(`${name} listens`, answers, 20_000),
    stop: () => child.kill('SIGKILL'),
  };
}
