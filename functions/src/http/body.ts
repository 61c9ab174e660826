import type { z } from 'zod';
import { type AnyEndpoint, bodyBoundsOf } from './endpoint.ts';
import { type BodyBounds, parseJson, type RawBody, readJsonBytes, validate } from './json.ts';
import { Problem } from './problem.ts';

/** The body of a request. Each step happens once, when it is first asked for. */
export interface Body {
  /** Reads the body. Null if the endpoint takes none. */
  bytes(): Promise<Uint8Array | null>;
  /** Reads, parses and validates the body. */
  value(): Promise<unknown>;
}

export function bodyOf(
  definition: AnyEndpoint,
  {
    header,
    readBody,
  }: {
    header: (name: string) => string | undefined;
    readBody: (bounds: BodyBounds) => Promise<RawBody>;
  },
): Body {
  const { request: schema } = definition;
  let bytes: Promise<Uint8Array> | undefined;
  let value: Promise<unknown> | undefined;
  const read = () => {
    bytes ??= readJsonBytes(header('content-type'), readBody, bodyBoundsOf(definition));
    return bytes;
  };
  const parse = async (schema: z.ZodType) => {
    const parsed = parseJson(await read());
    refuseLongList(definition, parsed);
    return validate(schema, parsed);
  };
  return {
    bytes: async () => schema && (await read()),
    async value() {
      if (!schema) return null;
      value ??= parse(schema);
      return await value;
    },
  };
}

/** Refuses a list that is too long before its entries are validated. */
function refuseLongList({ rateLimitCost }: AnyEndpoint, body: unknown): void {
  if (!rateLimitCost) return;
  const { list, maxEntries } = rateLimitCost;
  const entries = (body as Record<string, unknown> | null)?.[list];
  if (!Array.isArray(entries) || entries.length <= maxEntries) return;
  throw new Problem('payload_too_large', `${list} may have at most ${maxEntries} entries.`);
}
