import type { Turns, TurnState } from '../context.ts';
import { isUniqueViolation } from '../db/database.ts';
import { listBotRows, type BotRow } from '../db/queries/bots-write.ts';
import { listUnfinishedTurns, type TurnRow } from '../db/queries/turns.ts';
import type { Write } from '../db/prepared.ts';
import { AppError, ConflictError, NotFoundError, RateLimitedError } from '../errors.ts';
import { activeBotOf, type ActiveBot } from './active-bot.ts';
import type { AnsweredTurn } from './apply-turn.ts';
import {
  answeredTurnOf,
  applyTurn,
  askBot,
  endTurnUnapplied,
  failTurn,
  type TurnDeps,
  type TurnSlot,
} from './run-turn.ts';
import type { SettingsStore } from './settings.ts';
import { TurnQueue } from './turn-queue.ts';

const STOP_LIMIT_MS = 10_000;

export interface ManagerOptions {
  readonly settings: Pick<SettingsStore, 'current'>;
  /** Overrides the setting for bots without an interval of their own; null = the setting. */
  readonly defaultIntervalMs: number | null;
  readonly concurrency: number;
}

interface Entry {
  readonly row: BotRow;
  bot: ActiveBot;
  lastTurnNo: number;
  /** The slot of the last turn, arena's clock; null before the first. */
  lastTurnAt: number | null;
  isRunning: boolean;
  skipped: number;
  skippedTotal: number;
}

interface Queued {
  readonly botId: string;
  readonly userId: string;
  readonly dueAt: number;
  readonly cause: 'timer' | 'forced';
  /** What is written with the claim. */
  readonly also?: (turn: ForcedTurn) => readonly Write[];
  /** Who waits for the claim. */
  readonly claimed?: PromiseWithResolvers<ForcedTurn>;
}

export interface ForcedTurn {
  readonly turnId: string;
  readonly turnNo: number;
}

/** Runs the turns of all users' bots: whose is due, in which order, at most so many thinking at once. */
export class BotManager implements Turns {
  readonly #deps: TurnDeps;
  readonly #options: ManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new TurnQueue<Queued>();
  readonly #turns = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #deciding = 0;
  #whenIdle: (() => void)[] = [];

  constructor(deps: Omit<TurnDeps, 'nextTurnAt' | 'botNow' | 'settings'>, options: ManagerOptions) {
    this.#deps = {
      ...deps,
      settings: options.settings,
      nextTurnAt: (botId) => this.state(botId).nextTurnAt,
      botNow: (botId) => this.#entries.get(botId)?.bot,
    };
    this.#options = options;
  }

  /** Loads every bot, then ends or resumes the turns a crash left behind. */
  async load(): Promise<void> {
    for (const row of await listBotRows(this.#deps.ctx.db.read)) this.#remember(row);
    await this.#recoverAll();
  }

  /** Takes a bot from its rows again: after it was created, edited, paused, resumed or deleted. */
  async reload(botId: string): Promise<void> {
    const [row] = await listBotRows(this.#deps.ctx.db.read, botId);
    if (row) this.#remember(row);
    else this.#entries.delete(botId);
    if (!this.#entries.get(botId)?.bot.isRunning) this.#queue.remove(botId);
  }

  /** Lets the arena's settings hold for every bot, after they were changed. */
  applySettings(): void {
    for (const entry of this.#entries.values()) entry.bot = this.#activeBotOf(entry.row);
  }

  /** @throws NotFoundError */
  botOf(botId: string): ActiveBot {
    const entry = this.#entries.get(botId);
    if (!entry) throw new NotFoundError('bot', botId);
    return entry.bot;
  }

  state(botId: string): TurnState {
    const entry = this.#entries.get(botId);
    if (!entry) {
      const intervalMs = this.#options.settings.current.turn_interval_ms;
      return { isRunning: false, nextTurnAt: null, intervalMs };
    }
    const { bot, isRunning } = entry;
    const hasNext = bot.isRunning && !this.#deps.gate.isClosed;
    return { isRunning, nextTurnAt: hasNext ? this.#dueAt(entry) : null, intervalMs: bot.intervalMs };
  }

  counts(): { running: number; skipped: number } {
    const entries = [...this.#entries.values()];
    return {
      running: entries.filter((entry) => entry.isRunning).length,
      skipped: entries.reduce((sum, entry) => sum + entry.skippedTotal + entry.skipped, 0),
    };
  }

  /** Queues every bot whose turn is due at `now`; a slot that comes while the bot still thinks is skipped and counted. */
  runDue(now: number): void {
    for (const [botId, entry] of this.#entries) {
      if (!entry.bot.isRunning) continue;
      const dueAt = this.#dueAt(entry);
      if (dueAt > now) continue;
      if (entry.isRunning) this.#skip(entry, now);
      else if (!this.#queue.has(botId))
        this.#queue.add({ botId, userId: entry.bot.userId, dueAt: this.#slotAt(entry, now), cause: 'timer' });
    }
    this.#pump();
  }

  /**
   * Gives a bot a turn now, ahead of the queue. Resolves when the turn is claimed, together with `also`.
   * @throws NotFoundError, ConflictError `turn-running` or `market-closed`, AppError `busy`, and what `also` throws;
   * then nothing has happened.
   */
  async forceTurn(
    botId: string,
    also: (turn: ForcedTurn) => readonly Write[] = () => [],
  ): Promise<ForcedTurn> {
    const entry = this.#entries.get(botId);
    if (!entry) throw new NotFoundError('bot', botId);
    if (entry.isRunning) throw turnRunning(entry.bot.name);
    if (this.#deps.gate.isClosed)
      throw new ConflictError('market-closed', 'The market has ended: nothing can be traded any more.');
    if (this.#deciding >= 2 * this.#options.concurrency)
      throw new AppError('busy', 'Too many bots are thinking at once. Wait a few seconds and try again.');
    this.#queue.remove(botId);
    const claimed = Promise.withResolvers<ForcedTurn>();
    const dueAt = this.#deps.ctx.clock.now();
    const turn = { botId, userId: entry.bot.userId, dueAt, cause: 'forced', also, claimed } as const;
    this.#track(this.#run(entry, turn));
    return await claimed.promise;
  }

  /** Resolves when nobody is thinking: every due turn has its answer or has ended. */
  async decided(): Promise<void> {
    while (this.#deciding > 0 || this.#queue.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenIdle.push(resolve);
      await promise;
    }
  }

  /** Claims nothing more, ends those who think, waits for those who write; at most ten seconds. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#deps.gate.abandon();
    for (const botId of this.#entries.keys()) this.#queue.remove(botId);
    this.#pump();
    const limit = AbortSignal.timeout(STOP_LIMIT_MS);
    const { promise, resolve } = Promise.withResolvers<void>();
    limit.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([Promise.all(this.#turns), promise]);
  }

  #activeBotOf(row: BotRow): ActiveBot {
    return activeBotOf(row, this.#options.settings.current, this.#options.defaultIntervalMs);
  }

  #remember(row: BotRow): void {
    const known = this.#entries.get(row.id);
    const skippedEver = (known?.skippedTotal ?? 0) + (known?.skipped ?? 0);
    this.#entries.set(row.id, {
      row,
      bot: this.#activeBotOf(row),
      lastTurnNo: row.last_turn_no,
      // Skipped slots are over, too: they come to the row with the next claim.
      lastTurnAt: later(known?.lastTurnAt ?? null, row.last_turn_at),
      isRunning: known?.isRunning ?? false,
      skipped: Math.max(0, skippedEver - row.skipped_turns),
      skippedTotal: row.skipped_turns,
    });
  }

  #dueAt({ lastTurnAt, bot }: Entry): number {
    return lastTurnAt === null ? 0 : lastTurnAt + bot.intervalMs;
  }

  /** The last slot up to `now`: turns keep their rhythm however late they are looked for, and none is made up for. */
  #slotAt({ lastTurnAt, bot }: Entry, now: number): number {
    return lastTurnAt === null ? now : now - ((now - lastTurnAt) % bot.intervalMs);
  }

  #skip(entry: Entry, now: number): void {
    const slotAt = this.#slotAt(entry, now);
    entry.skipped += Math.round((slotAt - (entry.lastTurnAt ?? slotAt)) / entry.bot.intervalMs);
    entry.lastTurnAt = slotAt;
  }

  #pump(): void {
    while (this.#deciding < this.#options.concurrency && !this.#abort.signal.aborted) {
      const next = this.#queue.take();
      if (!next) break;
      const entry = this.#entries.get(next.botId);
      if (!entry || entry.isRunning) continue;
      this.#track(this.#run(entry, next));
    }
    if (this.#deciding > 0 || this.#queue.size > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** A turn's failure is its own: it is logged here, its boundary, and the arena goes on. */
  #track(turn: Promise<void>): void {
    const tracked = turn.catch((error: unknown) => {
      this.#deps.ctx.log.error({ err: error }, 'turn failed');
    });
    this.#turns.add(tracked);
    void tracked.finally(() => this.#turns.delete(tracked));
  }

  async #run(entry: Entry, next: Queued): Promise<void> {
    const { bot } = entry;
    const slot = this.#slotOf(entry, next);
    const before = entry.lastTurnAt;
    entry.isRunning = true;
    entry.lastTurnAt = next.dueAt;
    this.#deciding += 1;
    let isClaimed = false;
    const onClaim = () => {
      isClaimed = true;
      next.claimed?.resolve({ turnId: slot.id, turnNo: slot.turnNo });
    };
    const answered = askBot(this.#deps, bot, { slot, signal: this.#abort.signal, onClaim }).finally(() => {
      this.#deciding -= 1;
      // The pump comes after this turn has reached the fill gate.
      setImmediate(() => this.#pump());
    });
    try {
      const turn = await answered;
      if (turn && !this.#abort.signal.aborted) await applyTurn(this.#deps, turn);
    } catch (error) {
      if (isClaimed) {
        await failTurn(this.#deps, { id: slot.id, botId: bot.botId, turnNo: slot.turnNo }, error);
        // A used-up limit is an ending like any other.
        if (error instanceof RateLimitedError) return;
        throw error;
      }
      entry.lastTurnAt = before;
      this.#notClaimed(entry, { next, turnNo: slot.turnNo, error });
    } finally {
      await this.#finish(bot.botId, entry);
    }
    if (!isClaimed) await this.#recoverAll(bot.botId);
  }

  #slotOf(entry: Entry, { dueAt, cause, also }: Queued): TurnSlot {
    const turn = { turnId: this.#deps.ctx.newId(), turnNo: entry.lastTurnNo + 1 };
    return {
      id: turn.turnId,
      turnNo: turn.turnNo,
      dueAt,
      cause,
      skipped: entry.skipped,
      also: also?.(turn) ?? [],
    };
  }

  /** Whoever waits for a forced turn is told why it cannot be; one of the timer's is somebody else's by now. */
  #notClaimed(
    { bot }: Entry,
    { next, turnNo, error }: { next: Queued; turnNo: number; error: unknown },
  ): void {
    if (next.claimed) return next.claimed.reject(isLostClaim(error) ? turnRunning(bot.name) : error);
    if (!isLostClaim(error)) throw error;
    this.#deps.ctx.log.debug({ botId: bot.botId, turnNo }, 'turn not claimed');
  }

  async #finish(botId: string, entry: Entry): Promise<void> {
    entry.isRunning = false;
    const current = this.#entries.get(botId);
    if (!current) return;
    current.isRunning = false;
    if (!this.#abort.signal.aborted) await this.reload(botId);
  }

  async #resume(entry: Entry, turn: AnsweredTurn): Promise<void> {
    try {
      await applyTurn(this.#deps, turn);
    } catch (error) {
      await failTurn(this.#deps, turn, error);
      throw error;
    } finally {
      await this.#finish(turn.botId, entry);
    }
  }

  /** What a crash left behind, or a turn of this bot that could not even be ended when it broke: it holds the bot. */
  async #recoverAll(botId?: string): Promise<void> {
    if (this.#abort.signal.aborted) return;
    for (const turn of await listUnfinishedTurns(this.#deps.ctx.db.read, botId)) await this.#recover(turn);
  }

  /** An answered turn is applied at the next prices; one without an answer is over. */
  async #recover(row: TurnRow): Promise<void> {
    const entry = this.#entries.get(row.bot_id);
    const turn = answeredTurnOf(row);
    if (entry && turn && row.status === 'answered') {
      entry.isRunning = true;
      this.#track(this.#resume(entry, turn));
      return;
    }
    const name = { id: row.id, botId: row.bot_id, turnNo: row.turn_no };
    const reason = 'it was cut off before the answer came';
    await endTurnUnapplied(this.#deps, name, { status: 'abandoned', reason, notBefore: row.claimed_at });
  }
}

function turnRunning(name: string): ConflictError {
  return new ConflictError('turn-running', `A turn of ${name} is running.`);
}

function isLostClaim(error: unknown): boolean {
  return isUniqueViolation(error) || (error instanceof ConflictError && error.code === 'turn-not-possible');
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
