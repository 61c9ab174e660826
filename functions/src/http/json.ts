import type { z } from 'zod';
import { type FieldError, Problem } from './problem.ts';

/** The bytes of a body as sent, or why they were not read. */
export type RawBody = Uint8Array | 'too_large' | 'encoded';

/**
 * The value of a JSON body (RFC 8259: UTF-8).
 * Fails with `unsupported_media_type`, `payload_too_large` or `malformed_json`.
 */
export function readJson(contentType: string | undefined, body: RawBody, limitBytes: number): unknown {
  if (!isJson(contentType) || body === 'encoded') {
    throw new Problem('unsupported_media_type', 'Send application/json in UTF-8, without Content-Encoding.');
  }
  if (body === 'too_large' || body.byteLength > limitBytes) {
    throw new Problem('payload_too_large', `The body may have at most ${limitBytes} bytes.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Problem('malformed_json', 'The body is not valid JSON in UTF-8.');
  }
}

/** The parameters of a query. Fails with `invalid_request` where one is there twice. */
export function readQuery(query: string): Record<string, string> {
  const parameters = [...new URLSearchParams(query)];
  const values = Object.fromEntries(parameters);
  const twice = Object.keys(values).filter(
    (name) => parameters.filter(([other]) => other === name).length > 1,
  );
  if (twice.length === 0) return values;
  const fields = twice.map((path) => ({ path, message: 'may be given once' }));
  throw new Problem('invalid_request', 'The request does not meet the rules of this endpoint.', { fields });
}

/** What the schema makes of the value. Fails with `invalid_request` and one entry per field. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, errors } = check(schema, value);
  if (!errors) return data;
  throw new Problem('invalid_request', 'The request does not meet the rules of this endpoint.', {
    fields: errors,
  });
}

/** What the schema makes of the value, or what is wrong with it, one entry per field. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { data: z.output<S>; errors?: never } | { data?: never; errors: FieldError[] } {
  const result = schema.safeParse(value, { error: inWords });
  if (result.success) return { data: result.data };
  const fields = new Map<string, FieldError>();
  for (const issue of result.error.issues) {
    const path = issue.path.join('.');
    if (!fields.has(path)) fields.set(path, { path, message: issue.message });
  }
  return { errors: [...fields.values()] };
}

/** Our words where a schema brings none of its own. */
function inWords(issue: { code?: string | undefined; expected?: unknown; input?: unknown }): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  return 'is not valid';
}

/** Whether a Content-Type names JSON, in UTF-8 or without a charset. */
function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType?.trim() ?? '');
}
