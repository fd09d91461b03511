/**
 * Counter-based randomness: every draw is a pure function of (seed, stream, index, draw), so that any stretch of the
 * simulated market can be made again without the stretch before it.
 */
export interface Draws {
  /** A whole number in [0, 2^32). */
  bits(draw: number): number;
  /** In (0, 1). */
  uniform(draw: number): number;
  /** Standard normal; takes two draws, `draw` and the next. */
  normal(draw: number): number;
}

/** Mixes 32 bits so that each input bit flips half of the output (the "lowbias32" finaliser of C. Wellons). */
export function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A symbol's own stream: FNV-1a of its name. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

export function drawsAt(seed: number, stream: number, index: number): Draws {
  const high = Math.floor(index / 2 ** 32);
  const base = mix(mix(mix(seed ^ 0x5bd1e995) ^ stream) + mix(high) + index);
  const bits = (draw: number): number => mix(base + Math.imul(draw + 1, 0x9e3779b9));
  const uniform = (draw: number): number => (bits(draw) + 0.5) / 2 ** 32;
  const normal = (draw: number): number =>
    Math.sqrt(-2 * Math.log(uniform(draw))) * Math.cos(2 * Math.PI * uniform(draw + 1));
  return { bits, uniform, normal };
}

/** Variance of the sum of four bytes. */
const BYTE_SUM_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** Nearly normal from 32 bits, as the sum of four bytes: enough for the ticks inside a minute, and many times faster. */
export function roughNormal(bits: number): number {
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - 510) / BYTE_SUM_DEVIATION;
}
