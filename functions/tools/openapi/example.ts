import type { Schema } from './schemas.ts';

const FORMATS: Record<string, string> = {
  'date-time': '2026-03-01T12:00:00.000Z',
  uuid: '5f0c1e4e-3b8f-4a55-9a0e-6d2f1c9b7a10',
};

/**
 * Returns a value that matches the schema: its first example, or one that is composed from its parts. Throws with the
 * location if a part has no example.
 */
export function exampleOf(schema: Schema, named: Record<string, Schema>, at = 'body'): unknown {
  const { $ref, examples, enum: values, items, properties, type, format, anyOf, oneOf } = schema;
  const of = (part: unknown, name: string) => exampleOf(part as Schema, named, `${at}.${name}`);
  if (Array.isArray(examples)) return examples[0];
  if ($ref) return of(named[$ref.split('/').at(-1) ?? ''], $ref);
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  if (values) return values[0];
  if (items) return [of(items, '0')];
  if (properties) {
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, of(part, name)]));
  }
  const [first] = oneOf ?? anyOf ?? [];
  if (first) return of(first, '0');
  if (type === 'boolean') return false;
  if (type === 'integer') return schema.minimum ?? 1;
  const usual = FORMATS[format ?? ''];
  if (!usual) throw new Error(`${at} has no example: give it one by .meta({ examples: […] })`);
  return usual;
}
