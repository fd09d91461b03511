import type { Position } from '../../engine/model.ts';
import { word } from './quote.ts';

type Named = Pick<Position, 'id' | 'symbol'>;

const SHORT_TAIL = 4;

/**
 * What a prompt calls each open position, by position id: its symbol, or `SYMBOL@` and the end of its id where the symbol
 * has several. The end is four characters, more when two of them are equal. Handles mean something within one bot only.
 */
export function positionHandles(positions: readonly Named[]): ReadonlyMap<string, string> {
  const bySymbol = Map.groupBy(positions, ({ symbol }) => word(symbol));
  return new Map(
    positions.map(({ id, symbol }) => {
      const name = word(symbol);
      const ids = (bySymbol.get(name) ?? []).map((position) => position.id);
      return [id, ids.length === 1 ? name : `${name}@${tail(id, tailLength(ids))}`];
    }),
  );
}

/** The id of the position that the text names by its handle or its full id; undefined when it names none of these. */
export function resolveHandle(positions: readonly Named[], text: string): string | undefined {
  const asked = text.trim();
  for (const [id, handle] of positionHandles(positions)) if (handle === asked) return id;
  return positions.find(({ id }) => id === asked)?.id;
}

/** The least that tells the ids apart. */
function tailLength(ids: readonly string[]): number {
  const longest = Math.max(...ids.map((id) => id.length));
  let length = SHORT_TAIL;
  while (length < longest && new Set(ids.map((id) => tail(id, length))).size < ids.length) length += 1;
  return length;
}

function tail(id: string, length: number): string {
  return word(id.slice(-length));
}
