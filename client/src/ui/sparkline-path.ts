const INSET = 2;

/** An SVG path over the whole width; a series without movement is a line in the middle. */
export function sparklinePath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const y = (value: number) =>
    span === 0 ? height / 2 : INSET + (1 - (value - low) / span) * (height - 2 * INSET);
  const step = width / (values.length - 1);
  return values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

/** At most `count` values, evenly taken, the last one always among them. */
export function sampled(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  const step = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * step)] ?? 0);
}
