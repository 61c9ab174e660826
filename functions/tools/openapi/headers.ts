import type { z } from 'zod';
import { jsonSchema } from './schemas.ts';

interface Header {
  description?: string | undefined;
  required?: boolean;
  schema: object;
}

const text = (description: string, pattern: string, example: string) => ({
  description,
  schema: { type: 'string', pattern, examples: [example] },
});

const REQUEST_ID = '^[A-Za-z0-9_-]{8,128}$';
const ID = '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10';

/** The headers that the pipeline reads from every request. */
export const COMMON_PARAMETERS = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    ...text('Names the request in the answer, the logs and the published message.', REQUEST_ID, ID),
  },
};

/** On every answer to a request that was counted. */
const COUNTED = ['RateLimit-Policy', 'RateLimit'];
/** Not on every answer with the status. */
const OPTIONAL = [...COUNTED, 'Retry-After'];

/** The headers that the pipeline sets. */
const COMMON_HEADERS: Record<string, Header> = {
  'X-Request-Id': text("The caller's where it has the form, else a new one.", REQUEST_ID, ID),
  'RateLimit-Policy': text(
    'Requests (q) in so many seconds (w).',
    '^"default";q=\\d+;w=\\d+$',
    '"default";q=100;w=60',
  ),
  RateLimit: text(
    'Requests that are left (r) for so many seconds (t).',
    '^"default";r=\\d+;t=\\d+$',
    '"default";r=99;t=42',
  ),
  'Retry-After': {
    description: 'Seconds until it can help to try again (RFC 9110).',
    schema: { type: 'integer', minimum: 0, examples: [42] },
  },
  'WWW-Authenticate': text(
    'The challenge of RFC 6750.',
    '^Bearer( error="invalid_token")?$',
    'Bearer error="invalid_token"',
  ),
  Allow: text('The methods that the path has.', '^[A-Z]+(, [A-Z]+)*$', 'POST, OPTIONS'),
};

/** The headers of `components`: each as it always is, or by `<name>.optional` as it may be. */
export const HEADER_COMPONENTS: Record<string, Header> = Object.fromEntries(
  Object.entries(COMMON_HEADERS).flatMap(([name, header]) => [
    [name, { ...header, required: true }],
    ...(OPTIONAL.includes(name) ? [[`${name}.optional`, header] as const] : []),
  ]),
);

/** Returns references to common headers. The others are present only if the request was counted. */
export function commonHeaders(always: string[], isCounted = false) {
  const counted = COUNTED.map((name) => [name, `${name}${isCounted ? '' : '.optional'}`]);
  const components = [...['X-Request-Id', ...always].map((name) => [name, name]), ...counted];
  return Object.fromEntries(
    components.map(([name, component]) => [name, { $ref: `#/components/headers/${component}` }]),
  );
}

/** A header of one endpoint, which need not be there. */
export function ownHeader(schema: z.ZodType): Header {
  const { $schema, description, ...rest } = jsonSchema(schema, 'input');
  return { description, schema: rest };
}
