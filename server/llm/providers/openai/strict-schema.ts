type Schema = Readonly<Record<string, unknown>>;

/**
 * Whether OpenAI takes it with `strict`: every object says `additionalProperties: false` and requires all it has. Others
 * are sent without, which tells the model the form and does not hold it to it.
 */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isRecord(schema)) return true;
  return (schema['type'] !== 'object' || isClosed(schema)) && Object.values(schema).every(isStrict);
}

function isClosed({ properties, required, additionalProperties }: Schema): boolean {
  const names = isRecord(properties) ? Object.keys(properties) : [];
  const needed: unknown[] = Array.isArray(required) ? required : [];
  return additionalProperties === false && names.every((name) => needed.includes(name));
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
