import { UsageError } from '../cli/errors.mjs';
import { ports } from '../project.mjs';

interface CommandLine {
  arguments: string[];
  'dry-run': boolean;
  yes: boolean;
  url?: string;
  'token-file'?: string;
}

export interface ImportArgs {
  archive: string;
  isDryRun: boolean;
  isConfirmed: boolean;
  /** The origin of the service. */
  url: string;
  tokenFile: string | undefined;
}

/** Throws UsageError. */
export function readArgs({ arguments: [archive = ''], yes, url, ...options }: CommandLine): ImportArgs {
  return {
    archive,
    isDryRun: options['dry-run'],
    isConfirmed: yes,
    url: checkedUrl(url ?? `http://127.0.0.1:${ports().hosting}`),
    tokenFile: options['token-file'],
  };
}

const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

/** Rejects plain http to another machine: the import sends a password. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOCAL.includes(url.hostname));
  if (!isSafe)
    throw new UsageError(`--url must be an https: URL, or an http: URL of this machine, not ${text}.`);
  return url.origin;
}
