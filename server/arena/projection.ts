import {
  OWNER_VIEW,
  publishingOf,
  releaseAt,
  visibleBefore,
  type Publishing,
} from '../contract/publishing.ts';
import type { BookView } from '../contract/live-events.ts';

/** Which parts of something that happened a reader may see. */
export interface Sight {
  readonly positions: boolean;
  readonly reasoning: boolean;
  readonly prompt: boolean;
}

export const OWNER_SIGHT: Sight = { positions: true, reasoning: true, prompt: true };

/** What the reader sees of the bot: everything of one's own, of others' what they publish. @param viewerId null = a stranger. */
export function viewOf(
  bot: { readonly user_id: string; readonly is_house: number; readonly publishing_json: string },
  viewerId: string | null,
): Publishing {
  if (bot.user_id === viewerId) return OWNER_VIEW;
  return publishingOf({ isHouse: bot.is_house === 1, stored: bot.publishing_json });
}

/** What may be seen at `now` of what happened at `at` (arena's clock, epoch ms). */
export function sightAt({ positions, reasoning, prompt }: Publishing, at: number, now: number): Sight {
  return {
    positions: at <= visibleBefore(positions, now),
    reasoning: at <= visibleBefore(reasoning, now),
    prompt: at <= visibleBefore(prompt, now),
  };
}

/** When the last of the hidden parts is shown; null when nothing is hidden, or some part is for the owner only. */
export function releasedAt(publishing: Publishing, at: number, now: number): number | null {
  const times = [publishing.positions, publishing.reasoning].map((part) => releaseAt(part, at));
  const latest = times.reduce<number | null>((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0);
  return latest === null || latest <= now ? null : latest;
}

/** A book for those who may not see positions: its sums are results, and public. */
export function publicBook(book: BookView, { positions }: Sight): BookView {
  return positions ? book : { ...book, positions: [] };
}
