import { createInterface } from 'node:readline';
import password from '@inquirer/password';
import { Failure } from './command.mjs';

/** A new password: asked for twice and shown nowhere on a terminal, else the first line of standard input. */
export async function askPassword() {
  if (!process.stdin.isTTY) return await firstLine();
  const typed = await ask('Password:');
  if ((await ask('Once more:')) !== typed) throw new Failure('The two passwords differ. Run this again.');
  return typed;
}

const ask = (message) =>
  password({ message }).catch(() => {
    throw new Failure('No password, no account.'); // Ctrl-C
  });

async function firstLine() {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}
