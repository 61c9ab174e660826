import { createInterface } from 'node:readline';
import password from '@inquirer/password';
import { CliError } from '../cli/errors.mjs';

/** A new password: typed twice and unseen on a terminal, else the first line of standard input. */
export async function askPassword() {
  if (!process.stdin.isTTY) return await firstLine();
  const typed = await ask('Password:');
  if ((await ask('Repeat the password:')) !== typed)
    throw new CliError('The two passwords differ. Run this again.');
  return typed;
}

const ask = (message) =>
  password({ message }).catch(() => {
    throw new CliError('No account was created, since no password was given.'); // Ctrl-C
  });

async function firstLine() {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}
