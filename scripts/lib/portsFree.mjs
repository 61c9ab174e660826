import { connect } from 'node:net';
import { Failure } from './command.mjs';
import { run } from './run.mjs';

/** Checks that nothing listens on the ports that firebase.json names. */
export async function checkPorts(ports) {
  for (const [name, port] of Object.entries(ports)) {
    if (!(await taken(port))) continue;
    throw new Failure(
      `Port ${port} (${name} in firebase.json) is in use by ${await holder(port)}. ` +
        'End that program or change the port in firebase.json, and run this again.',
    );
  }
}

async function taken(port) {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => accepts(host, port)));
  return answers.includes(true);
}

function accepts(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => done(true)).on('error', () => done(false));
  });
}

/** The program that listens on a port, as well as this system's tools can tell. */
async function holder(port) {
  const pid =
    (await ask('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t')) ||
    listed(await ask('ss', '-Hltnp', `sport = :${port}`));
  if (!pid) return 'another program';
  const id = pid.split('\n')[0];
  const line = await ask('ps', '-o', 'args=', '-p', id);
  return `process ${id}${line && ` (${line.slice(0, 60)})`}`;
}

const listed = (line) => /pid=(\d+)/.exec(line)?.[1];

async function ask(program, ...args) {
  const { code, output } = await run(program, args, { quiet: true });
  return code === 0 ? output.trim() : '';
}
