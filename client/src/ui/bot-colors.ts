/** Ten colours that stay apart for the colour-blind, in a dark and a light set (index.css). */
export const PALETTE_SIZE = 10;

/** FNV-1a: the same id has the same colour on every page and every visit. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

interface Colored {
  readonly id: string;
  readonly createdAt: number;
}

/**
 * Palette index of each bot: its hash's, or the next free one. The eldest choose first, so that a new bot never changes
 * another's colour; beyond ten bots colours repeat.
 */
export function assignColors(bots: readonly Colored[]): ReadonlyMap<string, number> {
  const eldestFirst = bots.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const assigned = new Map<string, number>();
  let taken = new Set<number>();
  for (const { id } of eldestFirst) {
    if (taken.size === PALETTE_SIZE) taken = new Set();
    let index = hashOf(id) % PALETTE_SIZE;
    while (taken.has(index)) index = (index + 1) % PALETTE_SIZE;
    taken.add(index);
    assigned.set(id, index);
  }
  return assigned;
}

export const colorVariable = (index: number): string => `--bot-${index}`;
