import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { linesOf } from './lines.ts';

interface Media {
  schema: object;
  'x-itemSchema'?: object;
}
interface Header {
  required?: boolean;
  schema: { type: string };
}
interface Referring {
  $ref?: string;
}
interface Response extends Referring {
  headers: Record<string, Header & Referring>;
  content?: Record<string, Media>;
}
interface Operation {
  requestBody?: { content: { 'application/json': Media } };
  responses: Record<string, Response>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

/** What was sent to a path of the API and came back, however it travelled. */
export interface Exchange {
  method: string;
  /** The path of the definition, parameters in braces. */
  template: string;
  status: number;
  headers: Headers;
  text: string;
}

const NAME = 'openapi.json';
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const messageSchema = JSON.parse(read('docs/message.schema.json'));
/** openapi.json; a schema that has a name is referred to by it alone. */
export const document = JSON.parse(read(NAME).replaceAll('"#/components/schemas/', '"')) as Document;

const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, allErrors: true });
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
/** Formats are for those who write requests: an address with spaces around it is taken, too. */
const lenient = new Ajv2020({ strictTypes: false, strictRequired: false, validateFormats: false });
for (const each of [ajv, lenient])
  for (const [name, schema] of Object.entries(document.components.schemas)) each.addSchema(schema, name);

/** Headers that are the same everywhere, or the business of HTTP and browsers. */
const EVERYWHERE =
  /^(content-(type|length|security-policy)|cache-control|x-content-type-options|strict-transport-security|referrer-policy|vary|access-control-.*|date|connection|keep-alive|transfer-encoding|etag|accept-ranges|x-powered-by)$/;

/** Fails where openapi.json does not say that this could be the answer. Preflights are no operations, and not in it. */
export function assertDocumented({ method, template, status, headers, text }: Exchange): void {
  if (method === 'OPTIONS') return;
  const what = `${method} ${template} answered ${status} ${text}`;
  const operation = operationOf(method, template, status, what);
  const found = operation.responses[status];
  assert.ok(found, `${what}: no such status in ${NAME}`);
  const response = resolved(found);
  assertHeaders(response, headers, what);
  const type = headers.get('content-type')?.split(';')[0];
  if (!response.content) {
    assert.deepEqual([type, text], [undefined, ''], `${what}: ${NAME} has no content`);
    return;
  }
  const media = response.content[type ?? ''];
  assert.ok(media, `${what}: ${type} is not in ${NAME}`);
  if (method === 'HEAD') return;
  const line = media['x-itemSchema'];
  if (line) for (const part of linesOf(text)) assertValid(line, part, what);
  else assertValid(media.schema, type?.endsWith('json') ? JSON.parse(text) : text, what);
}

/** Fails where a request was taken although openapi.json does not allow its body. */
export function assertAllowed(method: string, template: string, body: unknown): void {
  const media = document.paths[template]?.[method.toLowerCase()]?.requestBody?.content['application/json'];
  assert.ok(media, `${NAME} has no body for ${method} ${template}`);
  assertValid(media.schema, body, `${method} ${template} took ${JSON.stringify(body)}`, lenient);
}

/** Fails where a published message is not what docs/message.schema.json says. */
export function assertMessage(data: string, attributes: object): void {
  const message = JSON.parse(data);
  assertValid(messageSchema, message, data);
  assert.deepEqual(message.attributes, attributes, 'the attributes of the message');
}

function operationOf(method: string, template: string, status: number, what: string): Operation {
  const path = document.paths[template];
  assert.ok(path, `${template} is not in ${NAME}; run npm run openapi`);
  const own = path[method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (own) return own;
  assert.ok(status >= 400, `${what}: no such method in ${NAME}`);
  return Object.values(path)[0] as Operation;
}

function assertHeaders(response: Response, headers: Headers, what: string): void {
  const documented = Object.entries(response.headers).map(
    ([name, header]) => [name, resolved(header)] as const,
  );
  for (const [name, { required, schema }] of documented) {
    const value = headers.get(name);
    if (value === null) assert.ok(!required, `${what}: ${name} is missing`);
    else assertValid(schema, schema.type === 'integer' ? Number(value) : value, `${what}: ${name}`);
  }
  const names = documented.map(([name]) => name.toLowerCase());
  const others = [...headers.keys()].filter((name) => !EVERYWHERE.test(name) && !names.includes(name));
  assert.deepEqual(others, [], `${what}: headers that are not in ${NAME}`);
}

/** Fails where a value does not fit a schema of `document`. */
export function assertValid(schema: object, value: unknown, what: string, by = ajv): void {
  const isValid = by.compile(schema);
  if (!isValid(value)) assert.fail(`${what}: ${by.errorsText(isValid.errors)}`);
}

function resolved<T extends Referring>(part: T): T {
  const steps = part.$ref?.split('/').slice(1);
  return steps
    ? (steps.reduce((at: unknown, step) => (at as Record<string, unknown>)[step], document) as T)
    : part;
}
