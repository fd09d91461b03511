import type { AppContext } from '../context.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { publishingOf, visibleBefore, type Publishing } from '../contract/publishing.ts';
import {
  findLastRelease,
  hasDecisionIn,
  hasTradeIn,
  listDelayingBots,
  type DelayingBot,
} from '../db/queries/releases.ts';
import { publishToArena, publishToBot } from './publish.ts';

const DAY_MS = 86_400_000;

type Part = keyof Publishing;
type Released = Extract<EventPayload, { type: 'released' }>;
type ReleaseContext = Pick<AppContext, 'db' | 'config'>;

/** A part of a bot and the time before which it may be seen. */
interface Line {
  readonly part: Part;
  /** Arena's clock, epoch ms. */
  readonly upTo: number;
}

/**
 * Tells spectators when something that was withheld for a while may be seen. What they were told last stands in the
 * events; after that it is kept in memory, so that a run asks two small questions of each bot that delays anything.
 */
export class DelayedReleases {
  #known = new Map<string, readonly Line[]>();

  /** @param now arena's clock, epoch ms. */
  async run(ctx: ReleaseContext, now: number, signal: AbortSignal): Promise<void> {
    const bots = await listDelayingBots(ctx.db.read);
    const known = new Map<string, readonly Line[]>();
    for (const bot of bots) {
      if (signal.aborted) return;
      const lines = linesOf(bot, now);
      await this.#release(ctx, { bot, lines, now });
      known.set(bot.id, lines);
      this.#known.set(bot.id, lines);
    }
    this.#known = known;
  }

  async #release(
    ctx: ReleaseContext,
    { bot, lines, now }: { bot: DelayingBot; lines: readonly Line[]; now: number },
  ): Promise<void> {
    const crossed: Line[] = [];
    for (const line of lines) {
      const after = await this.#toldUpTo(ctx, bot.id, line);
      if (after < line.upTo && (await hasHappened(ctx, bot.id, { ...line, after }))) crossed.push(line);
    }
    const releases = Map.groupBy(crossed, ({ upTo }) => upTo);
    const writes = [...releases].flatMap(([upTo, parts]) =>
      writesOf(now, { type: 'released', botId: bot.id, parts: parts.map(({ part }) => part), upTo }),
    );
    if (writes.length > 0) await ctx.db.commit(writes);
  }

  /** Where no event tells, it was longer ago than events are kept: what crossed the line before then is no news. */
  async #toldUpTo({ db, config }: ReleaseContext, botId: string, { part, upTo }: Line): Promise<number> {
    const known = this.#known.get(botId)?.find((line) => line.part === part);
    if (known) return known.upTo;
    const oldest = upTo - config.events.retentionDays * DAY_MS;
    const last = await findLastRelease(db.read, { room: `bot:${botId}`, part });
    if (last === undefined) return oldest;
    return Math.max(oldest, (JSON.parse(last) as Released).upTo);
  }
}

function linesOf(bot: DelayingBot, now: number): Line[] {
  const publishing = publishingOf({ isHouse: bot.is_house === 1, stored: bot.publishing_json });
  return (Object.entries(publishing) as [Part, Publishing[Part]][])
    .map(([part, visibility]) => ({ part, upTo: visibleBefore(visibility, now) }))
    .filter(({ upTo }) => Number.isFinite(upTo));
}

/** What was decided is withheld with the positions; a decision to hold leaves no trade. */
async function hasHappened(
  { db }: ReleaseContext,
  botId: string,
  { part, after, upTo }: Line & { after: number },
): Promise<boolean> {
  const span = { botId, after, upTo };
  return (await hasDecisionIn(db, span)) || (part === 'positions' && (await hasTradeIn(db, span)));
}

/** The feed and the boards show positions and trades, nothing else that can be withheld. */
function writesOf(now: number, payload: Released) {
  const isForArena = payload.parts.includes('positions');
  return [publishToBot(payload.botId, now, payload), ...(isForArena ? [publishToArena(now, payload)] : [])];
}
