import type { z } from 'zod';
import { PARAMETERS } from '../../src/config/parameters.ts';
import { type AnyEndpoint, bodyBoundsOf } from '../../src/http/endpoint.ts';
import { problemSchema } from '../../src/http/problem.ts';
import { exampleOf } from './example.ts';
import { COMMON_PARAMETERS, HEADER_COMPONENTS, ownHeader } from './headers.ts';
import { responsesOf } from './responses.ts';
import { createSchemas, type Schemas } from './schemas.ts';

const DESCRIPTION = `Keeps the tweets you like: what a capture acknowledges is stored for good and published to Pub/Sub.

Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`. Every path also answers OPTIONS, and HEAD where it
answers GET. Ignore fields that you do not know; fields may be added.`;

/** The OpenAPI 3.1 document of the endpoints. Made while developing, never by a deployed function. */
export function openApi(definitions: AnyEndpoint[], version: string): object {
  const schemas = createSchemas();
  const responses: Record<string, object> = {};
  schemas.of(problemSchema, 'output');
  const paths: Record<string, Record<string, object>> = {};
  const inOrder = definitions.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const definition of inOrder) {
    const path = paths[definition.path] ?? {};
    path[definition.method.toLowerCase()] = operation(definition, schemas, responses);
    paths[definition.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tweet Capture',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(inOrder.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: sorted(schemas.named),
      responses: sorted(responses),
      headers: HEADER_COMPONENTS,
      parameters: COMMON_PARAMETERS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'The accessToken of a sign-in. The role `admin` is given by the operator of the service.',
        },
      },
    },
  };
}

function operation(definition: AnyEndpoint, schemas: Schemas, responses: Record<string, object>): object {
  const { name, summary, request } = definition;
  return {
    operationId: name,
    tags: [tagOf(definition)],
    summary,
    ...limitOf(definition),
    security: securityOf(definition),
    parameters: parametersOf(definition, schemas),
    ...(request && { requestBody: bodyOf(definition, request, schemas) }),
    responses: responsesOf(definition, schemas, responses),
  };
}

const tagOf = ({ path }: AnyEndpoint) => path.split('/')[2] ?? '';

function securityOf({ access, errors }: AnyEndpoint) {
  if (access === 'admin') return [{ bearer: ['admin'] }];
  if (access === 'bearer') return [{ bearer: [] }];
  // An endpoint that can refuse a token accepts one.
  return errors.includes('unauthenticated') ? [{}, { bearer: [] }] : [];
}

/** Describes the rate limit of an endpoint, in words and as data. */
function limitOf({ access, sessionOf, perMinute, rateLimitCost }: AnyEndpoint) {
  const parameter = access === 'public' ? 'PUBLIC_RATE_LIMIT_PER_MINUTE' : 'RATE_LIMIT_PER_MINUTE';
  const byDefault = Math.min(Number(PARAMETERS[parameter].default), perMinute ?? Infinity);
  const unproven = sessionOf ? 'session, else IP address' : 'IP address';
  const countedBy = access === 'public' ? unproven : 'user';
  const most = perMinute ? `, at most ${perMinute}` : '';
  const each = rateLimitCost
    ? ` A request costs one for every ${rateLimitCost.entriesPerRequest} ${rateLimitCost.list}, rounded up.`
    : '';
  return {
    description: `${access === 'admin' ? 'For admins. ' : ''}Limit: ${byDefault} requests a minute by ${countedBy} (the parameter ${parameter}${most}).${each}`,
    'x-rate-limit': {
      countedBy,
      parameter,
      default: byDefault,
      ...(perMinute && { atMost: perMinute }),
      ...rateLimitCost,
    },
  };
}

function parametersOf({ params, query, requestHeaders = {} }: AnyEndpoint, schemas: Schemas): object[] {
  const own = Object.entries(requestHeaders).map(([name, schema]) => ({
    name,
    in: 'header',
    ...ownHeader(schema),
  }));
  const common = Object.keys(COMMON_PARAMETERS).map((name) => ({ $ref: `#/components/parameters/${name}` }));
  return [...fields(params, 'path', schemas), ...fields(query, 'query', schemas), ...own, ...common];
}

function fields(schema: z.ZodType | undefined, where: 'path' | 'query', schemas: Schemas): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.of(schema, 'input');
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { description?: string };
    return { name, in: where, ...(required.includes(name) && { required: true }), description, schema: rest };
  });
}

function bodyOf(definition: AnyEndpoint, request: z.ZodType, schemas: Schemas): object {
  const schema = schemas.of(request, 'body');
  return {
    required: true,
    description: `JSON in UTF-8, at most ${bodyBoundsOf(definition).limitBytes} bytes, without Content-Encoding.`,
    content: { 'application/json': { schema, example: exampleOf(schema, schemas.named) } },
  };
}

const sorted = <T>(named: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
