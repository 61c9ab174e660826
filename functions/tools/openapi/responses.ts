import { STATUS_CODES } from 'node:http';
import type { AnyEndpoint } from '../../src/http/endpoint.ts';
import { PROBLEM_STATUS, type ProblemCode } from '../../src/http/problem.ts';
import { type Format, streamFormatsOf } from '../../src/http/textStream.ts';
import { exampleOf } from './example.ts';
import { commonHeaders, ownHeader } from './headers.ts';
import type { Schema, Schemas } from './schemas.ts';

/** Returns every error code of an endpoint, of its handler and of the pipeline. */
export function problemCodes({ access, request, params, errors }: AnyEndpoint): ProblemCode[] {
  const always = [
    'invalid_request',
    'method_not_allowed',
    'rate_limited',
    'internal',
    'unavailable',
  ] as const;
  const codes: ProblemCode[] = [...always, ...errors];
  if (access !== 'public') codes.push('unauthenticated', 'token_expired', 'account_disabled');
  if (access === 'admin') codes.push('forbidden');
  if (params) codes.push('not_found');
  if (request) {
    codes.push('malformed_json', 'request_timeout', 'payload_too_large', 'unsupported_media_type');
  }
  return Object.keys(PROBLEM_STATUS).filter((code): code is ProblemCode =>
    codes.includes(code as ProblemCode),
  );
}

/** The responses of one endpoint by status; errors that several endpoints share are put into `shared`. */
export function responsesOf(definition: AnyEndpoint, schemas: Schemas, shared: Record<string, object>) {
  const byStatus: Record<string, { content?: object; [field: string]: unknown }> = {};
  const own = Object.entries(definition.responseHeaders ?? {}).map(([name, schema]) => [
    name,
    ownHeader(schema),
  ]);
  for (const [status, schema] of Object.entries(definition.responses)) {
    const content = contentOf(schema, schemas);
    byStatus[status] = {
      description: STATUS_CODES[status] ?? status,
      headers: { ...commonHeaders([], true), ...Object.fromEntries(own) },
      ...(content && { content }),
    };
  }
  const codes = Map.groupBy(problemCodes(definition), (code) => PROBLEM_STATUS[code]);
  for (const [status, some] of codes) {
    const problem = problemResponse(status, some);
    const success = byStatus[status];
    if (success) {
      // Only the success is always counted, and only the problem has a Retry-After.
      const retryAfter = { 'Retry-After': { $ref: '#/components/headers/Retry-After.optional' } };
      const headers = { ...(success.headers as object), ...commonHeaders([]), ...retryAfter };
      byStatus[status] = { ...success, headers, content: { ...success.content, ...problem.content } };
      continue;
    }
    const name = `${status}.${some.join('.')}`;
    shared[name] = problem;
    byStatus[status] = { $ref: `#/components/responses/${name}` };
  }
  return byStatus;
}

function contentOf(schema: AnyEndpoint['responses'][number], schemas: Schemas) {
  const stream = streamFormatsOf(schema);
  if (stream) {
    const itemSchema = schemas.of(stream.value, 'output');
    return Object.fromEntries(stream.formats.map((format) => streamOf(format, itemSchema, schemas)));
  }
  const json = schemas.of(schema, 'output');
  if (json.type === 'null') return null;
  return { 'application/json': { schema: json, example: exampleOf(json, schemas.named) } };
}

/** Returns the media type and the content of a stream, with an example of each kind of value. */
function streamOf({ contentType, head, write }: Format, itemSchema: Schema, { named }: Schemas) {
  const kinds = named[itemSchema.$ref?.split('/').at(-1) ?? '']?.oneOf ?? [itemSchema];
  const values = kinds.map((kind) => exampleOf(kind as Schema, named));
  const [type = ''] = contentType.split(';');
  const isJson = type.endsWith('json');
  return [
    type,
    {
      schema: { type: 'string', description: isJson ? 'JSON Lines' : 'CSV, with a row of names (RFC 4180)' },
      // OpenAPI 3.2 calls it itemSchema.
      ...(isJson && { 'x-itemSchema': itemSchema }),
      example: head + values.map((value) => write(value as never)).join(''),
    },
  ];
}

function problemResponse(status: number, codes: ProblemCode[]) {
  const [title, code] = [STATUS_CODES[status] ?? 'Error', codes[0]];
  const narrowed = {
    properties: { status: { const: status }, title: { const: title }, code: { enum: codes } },
  };
  return {
    description: `${title}: ${codes.join(', ')}`,
    headers: headersOf(status),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, narrowed] },
        example: exampleOfProblem(status, title, code),
      },
    },
  };
}

function exampleOfProblem(status: number, title: string, code: ProblemCode | undefined) {
  const requestId = '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10';
  const errors = code === 'invalid_request' && {
    errors: [{ path: 'email', message: 'must be an e-mail address' }],
  };
  return {
    type: 'about:blank',
    title,
    status,
    detail: 'What is wrong, in words.',
    code,
    requestId,
    ...errors,
  };
}

function headersOf(status: number) {
  if (status === 401) return commonHeaders(['WWW-Authenticate']);
  if (status === 405) return commonHeaders(['Allow']);
  if (status === 503) return commonHeaders(['Retry-After']);
  return status === 429 ? commonHeaders(['Retry-After'], true) : commonHeaders([]);
}
