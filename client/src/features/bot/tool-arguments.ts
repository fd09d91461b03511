function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** JSON indented for reading; anything else as it came. */
export function readableJson(text: string): string {
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : text;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Arguments in a line: `{"symbol":"BTCUSDT","period":14}` -> `BTCUSDT, 14`; lists are counted out as `[…]`. */
export function argumentLine(argumentsJson: string): string {
  const value = parsed(argumentsJson);
  if (typeof value !== 'object' || value === null) return argumentsJson;
  return Object.values(value)
    .map((part: unknown) => (isPlain(part) ? String(part) : Array.isArray(part) ? '[…]' : '{…}'))
    .join(', ');
}
