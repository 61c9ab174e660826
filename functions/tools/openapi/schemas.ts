import { z } from 'zod';

/** A JSON Schema (2020-12). */
export type Schema = z.core.JSONSchema.BaseSchema;

export type Direction = 'input' | 'body' | 'output';

/** Shortens a long pattern of zod. The format already requires a valid time. */
const TIME = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(\\.\\d+)?';
/** Checks for things that zod would omit silently. */
const NO_JSON = ['transform', 'custom', 'bigint', 'symbol', 'undefined', 'void', 'map', 'set', 'nan'];

/**
 * Returns the JSON Schema of a request (`input`, or `body` in JSON, in which null also stands for an absent field) or of a
 * response (`output`). Schemas with an id are in `$defs`. Throws if JSON Schema cannot express it.
 */
export function jsonSchema(schema: z.ZodType, io: Direction): Schema {
  return z.toJSONSchema(schema, {
    io: io === 'body' ? 'input' : io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { type, format, offset } = zodSchema._zod.def as {
        type: string;
        format?: string;
        offset?: boolean;
      };
      if (NO_JSON.includes(type)) throw new Error(`JSON Schema cannot describe what is of type ${type}`);
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (format === 'datetime') jsonSchema.pattern = `${TIME}${offset ? '(Z|[+-]\\d{2}:\\d{2})' : 'Z'}$`;
      if (format === 'uuid' || format === 'date') delete jsonSchema.pattern;
      const { checks = [] } = zodSchema._zod.def;
      for (const { pattern } of checks.map(({ _zod }) => _zod.def as { pattern?: RegExp })) {
        if (!pattern || !/[ims]/.test(pattern.flags) || jsonSchema.pattern !== pattern.source) continue;
        throw new Error(`JSON Schema knows no flags: say ${pattern} without`);
      }
      // Zod omits these for transformed values. Ours describe the value as sent.
      const { examples, default: usual } = z.globalRegistry.get(zodSchema) ?? {};
      Object.assign(jsonSchema, examples && { examples }, usual !== undefined && { default: usual });
      if (jsonSchema.format?.includes('_')) delete jsonSchema.format;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.id;
      if (io === 'body' && zodSchema instanceof z.ZodObject) allowNulls(zodSchema, jsonSchema);
    },
  });
}

/** An optional field may be null; see `check`. */
function allowNulls({ shape }: z.ZodObject, { properties = {} }: Schema): void {
  for (const [name, field] of Object.entries(shape) as [string, z.ZodType][]) {
    const property = properties[name] as Schema | undefined;
    if (!property || !field.isOptional() || field.isNullable()) continue;
    const usual = property.default !== undefined && { default: property.default };
    properties[name] = { ...usual, anyOf: [property, { type: 'null' }] };
  }
}

/** The schemas of one document: those that have an id are collected, and referred to by it. */
export function createSchemas() {
  const named: Record<string, Schema> = {};
  return {
    named,
    /** Throws if two different schemas have the same name. */
    of(schema: z.ZodType, io: Direction): Schema {
      const text = JSON.stringify(jsonSchema(schema, io)).replaceAll('"#/$defs/', '"#/components/schemas/');
      const { $schema, $defs = {}, ...own } = JSON.parse(text) as Schema;
      for (const [name, definition] of Object.entries($defs)) {
        const known = named[name];
        if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
          throw new Error(`${name} is the name of two schemas, or of one that is both sent and answered`);
        }
        named[name] = definition as Schema;
      }
      return own;
    },
  };
}

export type Schemas = ReturnType<typeof createSchemas>;
