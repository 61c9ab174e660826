import { connect } from 'node:net';
import { CliError } from '../cli/errors.mjs';
import { run } from '../process/run.mjs';

/** Throws if a port of firebase.json is in use. */
export async function checkPorts(ports) {
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isInUse(port))) continue;
    throw new CliError(
      `Port ${port} (${name} in firebase.json) is in use by ${await findListener(port)}. ` +
        'Stop that program or change the port in firebase.json, and run this again.',
    );
  }
}

async function isInUse(port) {
  const accepted = await Promise.all(['127.0.0.1', '::1'].map((host) => accepts(host, port)));
  return accepted.includes(true);
}

function accepts(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (isAccepted) => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.on('connect', () => done(true)).on('error', () => done(false));
  });
}

/** The program that listens on a port, if this system has a tool that finds it. */
async function findListener(port) {
  const pid =
    (await outputOf('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t')) ||
    pidIn(await outputOf('ss', '-Hltnp', `sport = :${port}`));
  if (!pid) return 'another program';
  const id = pid.split('\n')[0];
  const line = await outputOf('ps', '-o', 'args=', '-p', id);
  return `process ${id}${line && ` (${line.slice(0, 60)})`}`;
}

const pidIn = (line) => /pid=(\d+)/.exec(line)?.[1];

async function outputOf(program, ...args) {
  const { code, output } = await run(program, args, { quiet: true });
  return code === 0 ? output.trim() : '';
}
