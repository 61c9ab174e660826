import { ConfigError, type Environment } from './parameters.ts';

export const SIGNING_SECRETS = ['JWT_SECRET_KEY', 'JWT_SECRET_KEY_PREVIOUS'] as const;
export const ALERT_SECRET = 'ALERT_WEBHOOK_URL';
export const SECRETS = [...SIGNING_SECRETS, ALERT_SECRET] as const;

/** The signing secrets, the current one first. Throws a ConfigError that names a missing or short one. */
export function readSecrets(env: Environment = process.env): [string, ...string[]] {
  const long = (name: string, value: string) => {
    if (Buffer.byteLength(value) >= 32) return value;
    throw new ConfigError(`Bad configuration: ${name} must be at least 32 bytes`);
  };
  // A secret that came through a pipe ends in a newline.
  const current = long('JWT_SECRET_KEY', (env.JWT_SECRET_KEY ?? '').trim());
  const previous = (env.JWT_SECRET_KEY_PREVIOUS ?? '').trim();
  // Secret Manager stores no empty value, so "none" stands for "no previous key".
  if (previous === '' || previous === 'none') return [current];
  return [current, long('JWT_SECRET_KEY_PREVIOUS', previous)];
}

/**
 * Returns the URL of the alert webhook, or null. Throws a ConfigError if it is not an https URL; http is allowed for
 * localhost.
 */
export function readAlertUrl(env: Environment = process.env): URL | null {
  const value = (env[ALERT_SECRET] ?? '').trim();
  // Secret Manager stores no empty value.
  if (value === '' || value === 'none') return null;
  const url = URL.parse(value);
  const isHere = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  const isPlain = url?.username === '' && url.password === '';
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) return url;
  throw new ConfigError(
    `Bad configuration: ${ALERT_SECRET} must be an https URL without credentials, or none`,
  );
}
