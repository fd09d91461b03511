import { SNAPSHOT_COLUMNS } from '../db/queries/snapshots-write.ts';
import { inserter } from './insert.ts';
import { EPOCH, type MovedBot } from './move-book.ts';
import type { Move } from './move.ts';
import type { SourceRow } from './source.ts';
import { fieldsOf, idOf, microsOf, numberOf, timeOf, type Fields } from './values.ts';

const MINUTE_MS = 60_000;

const insertSnapshot = inserter('bot_state_snapshots', ['timestamp', 'bot_id'], SNAPSHOT_COLUMNS);
const insertPriceSet = inserter(
  'price_sets',
  ['at'],
  ['bucket_at', 'at', 'prices_json', 'ledger_seq', 'trade_seq'],
);

interface Figures {
  readonly balance: number;
  readonly margin: number;
  readonly unrealized: number;
  readonly realized: number;
  readonly total: number;
  readonly trades: number;
  readonly winRate: number;
}

/** Moves the curves of the bots that were moved: snapshots of the table, then points of the state where it has none. */
export class Curves {
  readonly #move: Move;
  readonly #bots = new Map<string, MovedBot>();
  readonly #points: { readonly bot: MovedBot; readonly path: string; readonly history: unknown }[] = [];
  /** Of every bot, the minutes that have a snapshot. */
  readonly #minutes = new Map<string, Set<number>>();
  readonly #left = new Set<string>();
  readonly #lastOf = new Map<string, { readonly at: number; readonly figures: Figures }>();
  readonly #times = new Set<number>();
  #lastTime: { value: unknown; at: number | undefined } = { value: undefined, at: undefined };

  constructor(move: Move) {
    this.#move = move;
  }

  /** @param history the bot's `valueHistory`; moved by `moveAll`. */
  add(bot: MovedBot, path: string, history: unknown): void {
    this.#bots.set(bot.botId, bot);
    this.#minutes.set(bot.botId, new Set());
    this.#points.push({ bot, path, history });
  }

  /** A bot the target has already: its curve stays as it is. */
  leave(botId: string): void {
    this.#left.add(botId);
  }

  async moveAll(): Promise<void> {
    for (const row of this.#move.source.rows('bot_state_snapshots')) this.#moveRow(row);
    for (const { bot, path, history } of this.#points) this.#moveHistory(bot, path, history);
    const { target } = this.#move;
    const last = await target.kysely
      .selectFrom('price_sets')
      .select(({ fn }) => fn.max('at').as('at'))
      .executeTakeFirstOrThrow();
    // Curves are read by these times, which only go forward; the old server wrote no prices down.
    for (const at of [...this.#times].sort((a, b) => a - b))
      if (at > (last.at ?? 0) && at <= this.#move.latest)
        target.run(insertPriceSet({ bucket_at: at, at, prices_json: '{}', ledger_seq: 0, trade_seq: 0 }));
  }

  #moveRow({ path, fields }: SourceRow): void {
    const { tally, latest } = this.#move;
    if (this.#left.has(idOf(fields.bot_id) ?? '')) return tally.known('snapshots');
    const bot = this.#bots.get(idOf(fields.bot_id) ?? '');
    if (!bot) return tally.quarantine('snapshots', { path, value: fields }, 'a snapshot of an unknown bot');
    const at = this.#timeOf(fields.timestamp, latest);
    if (at === undefined)
      return tally.quarantine('snapshots', { path, value: fields }, 'a snapshot without a time');
    const figures = readFigures(fields);
    if (!figures) return tally.quarantine('snapshots', { path, value: fields }, 'a snapshot without figures');
    this.#minutes.get(bot.botId)?.add(minuteOf(at));
    if (this.#insert(bot, at, figures)) tally.imported('snapshots');
    else if (this.#isLast(bot, at, figures)) tally.known('snapshots');
    else
      tally.quarantine('snapshots', { path, value: fields }, 'a second snapshot of a bot at the same time');
  }

  /** Bots are snapshotted together: the same time comes several times in a row. */
  #timeOf(value: unknown, latest: number): number | undefined {
    if (value !== this.#lastTime.value) this.#lastTime = { value, at: timeOf(value, latest) };
    return this.#lastTime.at;
  }

  /** Whether the bot's last snapshot says the same. */
  #isLast({ botId }: MovedBot, at: number, figures: Figures): boolean {
    const last = this.#lastOf.get(botId);
    return last?.at === at && JSON.stringify(last.figures) === JSON.stringify(figures);
  }

  #moveHistory(bot: MovedBot, path: string, history: unknown): void {
    const { tally, latest } = this.#move;
    const list = Array.isArray(history) ? (history as unknown[]) : [];
    if (!Array.isArray(history)) tally.setAside(`${path}.valueHistory`, history, 'not a list of values');
    for (const [i, value] of list.entries()) {
      const record = { path: `${path}.valueHistory[${i}]`, value };
      const at = timeOf(fieldsOf(value)?.timestamp, latest);
      const total = microsOf(fieldsOf(value)?.value);
      if (at === undefined || total === undefined)
        tally.quarantine('value points', record, 'a point without a time or a value');
      else if (this.#minutes.get(bot.botId)?.has(minuteOf(at))) tally.known('value points');
      else {
        // All that is known is the total: it stands as the balance.
        const isNew = this.#insert(bot, at, {
          balance: total,
          margin: 0,
          unrealized: 0,
          realized: 0,
          total,
          trades: 0,
          winRate: 0,
        });
        if (isNew) tally.imported('value points');
        else tally.known('value points');
      }
    }
  }

  #insert({ botId, userId }: MovedBot, at: number, figures: Figures): boolean {
    const changed = this.#move.target.run(
      insertSnapshot({
        user_id: userId,
        bot_id: botId,
        epoch: EPOCH,
        price_set_id: null,
        balance: figures.balance / 1e6,
        margin: figures.margin / 1e6,
        unrealized_pnl: figures.unrealized / 1e6,
        realized_pnl: figures.realized / 1e6,
        total_value: figures.total / 1e6,
        trade_count: figures.trades,
        win_rate: figures.winRate,
        timestamp: at,
      }),
    );
    this.#times.add(at);
    if (changed === 1) this.#lastOf.set(botId, { at, figures });
    return changed === 1;
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS);
}

/** The old server wrote no margin: it is what total, balance and unrealised PnL leave. */
function readFigures(fields: Fields): Figures | undefined {
  const balance = microsOf(fields.balance);
  const total = microsOf(fields.total_value);
  const unrealized = microsOf(fields.unrealized_pnl ?? 0);
  const realized = microsOf(fields.realized_pnl ?? 0);
  const trades = numberOf(fields.trade_count ?? 0);
  const winRate = numberOf(fields.win_rate ?? 0);
  if (balance === undefined || total === undefined || unrealized === undefined || realized === undefined)
    return undefined;
  if (trades === undefined || !Number.isSafeInteger(trades) || trades < 0) return undefined;
  if (winRate === undefined || winRate < 0 || winRate > 1) return undefined;
  return { balance, margin: total - balance - unrealized, unrealized, realized, total, trades, winRate };
}
