import { MIMEType } from 'node:util';
import { z } from 'zod';
import { type FieldError, invalidRequest, Problem } from './problem.ts';

/** The bytes of a body as sent, or why they were not read; `incomplete` did not arrive within its deadline. */
export type RawBody = Uint8Array | 'too_large' | 'encoded' | 'incomplete';

/** How much of a body is read, and for how long. */
export interface BodyBounds {
  limitBytes: number;
  deadlineMs: number;
}

/**
 * The bytes of a JSON body. Reads nothing of another type.
 * Fails with `unsupported_media_type`, `payload_too_large` or `request_timeout`.
 */
export async function readJsonBytes(
  contentType: string | undefined,
  readBody: (bounds: BodyBounds) => Promise<RawBody>,
  bounds: BodyBounds,
): Promise<Uint8Array> {
  const body = isJson(contentType) ? await readBody(bounds) : 'encoded';
  if (body === 'encoded') {
    throw new Problem('unsupported_media_type', 'Send application/json in UTF-8, without Content-Encoding.');
  }
  if (body === 'incomplete') {
    throw new Problem('request_timeout', `The body did not arrive within ${bounds.deadlineMs / 1000} s.`);
  }
  if (body === 'too_large' || body.byteLength > bounds.limitBytes) {
    throw new Problem('payload_too_large', `The body may have at most ${bounds.limitBytes} bytes.`);
  }
  return body;
}

/** The value of a JSON text (RFC 8259: UTF-8). Fails with `malformed_json`. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem('malformed_json', 'The body is not valid JSON in UTF-8.');
  }
}

/** Parses a value with a schema. Fails with `invalid_request` and one entry for each invalid field. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, errors } = check(schema, value);
  if (!errors) return data;
  throw invalidRequest(errors);
}

/** Parses a value with a schema. Returns the result, or one error for each invalid field. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { data: z.output<S>; errors?: never } | { data?: never; errors: FieldError[] } {
  const result = schema.safeParse(withoutNulls(schema, value), { error: formatIssue });
  if (result.success) return { data: result.data };
  const fields = new Map<string, FieldError>();
  for (const issue of result.error.issues) {
    const path = issue.path.join('.');
    if (!fields.has(path)) fields.set(path, { path, message: issue.message });
  }
  return { errors: [...fields.values()] };
}

/** Messages for issues of schemas that have none of their own. */
function formatIssue(issue: { code?: string | undefined; expected?: unknown; input?: unknown }): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  return 'is not valid';
}

/** Removes optional fields that are null: null means absent, unless the schema allows it. */
function withoutNulls(schema: z.ZodType, value: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const given = new Map<string, unknown>(Object.entries(value));
  const absent = Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([name, field]) => given.get(name) === null && field.isOptional() && !field.isNullable())
    .map(([name]) => name);
  if (absent.length === 0) return value;
  return Object.fromEntries([...given].filter(([name]) => !absent.includes(name)));
}

/** Whether a Content-Type (RFC 9110) is JSON without a charset, or with any label of UTF-8; other parameters are ignored. */
function isJson(contentType: string | undefined): boolean {
  try {
    const { essence, params } = new MIMEType(contentType ?? '');
    const charset = params.get('charset') || 'utf-8';
    return essence === 'application/json' && new TextDecoder(charset).encoding === 'utf-8';
  } catch {
    return false;
  }
}
