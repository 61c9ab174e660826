import { execFileSync } from 'node:child_process';

// Below the range that systems hand out to outgoing connections, so that none of those takes a port meanwhile.
const FIRST = 20_000;
const LAST = 32_000;

const FIND = `
  const { createServer } = require('node:net');
  const found = new Set();
  (function next() {
    if (found.size === ${'COUNT'}) return console.log(JSON.stringify([...found]));
    const port = ${FIRST} + Math.floor(Math.random() * ${LAST - FIRST});
    const server = createServer().once('error', next);
    server.listen(port, '127.0.0.1', () => server.close(() => { found.add(port); next(); }));
  })();
`;

/** Ports that nothing listens on. Synchronous, so that modules can hold them as constants. */
export function freePorts(count: number): number[] {
  return JSON.parse(
    execFileSync(process.execPath, ['-e', FIND.replace('COUNT', String(count))], { encoding: 'utf8' }),
  );
}
