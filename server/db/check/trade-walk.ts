import type { Reader } from '../database.ts';
import { BitSet } from './bit-set.ts';
import { Cursor } from './cursor.ts';
import type { Findings } from './findings.ts';
import { checkTradeRow } from './trade-checks.ts';
import { applyTrade, comparePosition, emptyPosition, type OpenPosition } from './open-position.ts';
import { microsOf } from './numbers.ts';
import { briefTrade, listTradeRows, type TradeRow } from './trade-rows.ts';

/** What a bot's trades of one epoch add up to. Money in micros. */
export interface TradeTotals {
  pnl: number;
  fees: number;
  closed: number;
  won: number;
}

interface BotTrades {
  readonly open: Map<string, OpenPosition>;
  readonly totals: Map<number, TradeTotals>;
  executedAt: number;
  epoch: number;
}

/**
 * Reads the trades in the order they were written and keeps every bot's open positions as of the last trade read.
 * Checks I4, I5, I6 and I8 of positions, I9, I11, I16, I18 and I19 of trades on the way. Trades marked `legacy` are
 * read for I16 and I18 only.
 */
export class TradeWalk {
  readonly #findings: Findings;
  readonly #cursor: Cursor<TradeRow>;
  readonly bots = new Map<string, BotTrades>();
  /** Bots with rows of the old server: their counters began before their trades. */
  readonly legacyBots = new Set<string>();
  /** The trades (by seq) that must have postings. */
  readonly booked = new BitSet();

  constructor(db: Reader, findings: Findings) {
    this.#findings = findings;
    this.#cursor = new Cursor(
      (after, limit) => listTradeRows(db, after, limit),
      (trade) => trade.seq,
    );
  }

  get count(): number {
    return this.#cursor.count;
  }

  /** Positions of the old server stand in the book before the first trade. */
  seed(position: OpenPosition): void {
    this.#botOf(position.botId).open.set(position.id, position);
    this.legacyBots.add(position.botId);
  }

  open(botId: string): Iterable<OpenPosition> {
    return this.bots.get(botId)?.open.values() ?? [];
  }

  totals(botId: string, epoch: number): TradeTotals {
    return this.bots.get(botId)?.totals.get(epoch) ?? noTotals();
  }

  /** Reads on to the trade with this seq, included. */
  async advanceTo(seq: number): Promise<void> {
    for await (const trades of this.#cursor.upTo(seq)) for (const trade of trades) this.#read(trade);
  }

  #read(trade: TradeRow): void {
    checkTradeRow(trade, this.#findings);
    if (trade.legacy === 1) {
      this.legacyBots.add(trade.bot_id);
      return;
    }
    const bot = this.#botOf(trade.bot_id);
    this.booked.add(trade.seq);
    if (trade.executed_at < bot.executedAt)
      this.#findings.add('I19', 'trades of a bot run backwards in time', briefTrade(trade));
    if (trade.epoch < bot.epoch)
      this.#findings.add('I9', 'a trade belongs to an epoch that has ended', briefTrade(trade));
    bot.executedAt = trade.executed_at;
    bot.epoch = trade.epoch;
    const totals = bot.totals.get(trade.epoch) ?? noTotals();
    bot.totals.set(trade.epoch, totals);
    totals.pnl += microsOf(trade.pnl);
    totals.fees += microsOf(trade.fee);
    this.#book(trade, bot, totals);
  }

  #book(trade: TradeRow, bot: BotTrades, totals: TradeTotals): void {
    if (trade.position_id === null || trade.p_status === null)
      return this.#findings.add('I4', 'a trade belongs to no position', briefTrade(trade));
    const position = bot.open.get(trade.position_id) ?? this.#open(trade);
    if (!position) return;
    bot.open.set(position.id, position);
    applyTrade(position, trade);
    if (position.units < 0n)
      this.#findings.add('I4', 'exits exceed what was open', { ...briefTrade(trade), left: position.units });
    if (position.units > 0n) return;
    bot.open.delete(position.id);
    this.#close(position, trade, totals);
  }

  #open(trade: TradeRow): OpenPosition | undefined {
    if (trade.trade_type === 'exit') {
      this.#findings.add('I6', 'an exit of a position with nothing open', briefTrade(trade));
      return undefined;
    }
    if (trade.p_opened_at !== trade.executed_at)
      this.#findings.add('I6', "a position's first entry is not at its opened_at, or it was opened again", {
        ...briefTrade(trade),
        opened_at: trade.p_opened_at,
      });
    return emptyPosition(trade);
  }

  #close(position: OpenPosition, trade: TradeRow, totals: TradeTotals): void {
    if (
      trade.p_status !== 'closed' ||
      trade.p_closed_at !== trade.executed_at ||
      trade.p_close_cause !== trade.cause
    )
      this.#findings.add('I6', 'the exit that empties a position is not what its row says closed it', {
        ...briefTrade(trade),
        status: trade.p_status,
        closed_at: trade.p_closed_at,
        close_cause: trade.p_close_cause,
      });
    if (position.cost !== 0)
      this.#findings.add('I6', 'the exits of a closed position do not release its whole cost', {
        ...briefTrade(trade),
        costLeftMicros: position.cost,
      });
    const funding = trade.p_funding_micros ?? 0;
    const net = position.pnl + funding;
    if (!position.isLegacy && net < -(position.entryMargin + position.entryFees))
      this.#findings.add('I5', 'a position lost more than its margin and entry fees', {
        ...briefTrade(trade),
        netMicros: net,
      });
    totals.closed += 1;
    if (net > 0) totals.won += 1;
    comparePosition(
      position,
      {
        entry_quantity: trade.p_entry_quantity ?? 0,
        size: trade.p_size ?? 0,
        margin_micros: trade.p_margin_micros ?? 0,
        realized_micros: trade.p_realized_micros ?? 0,
        fees_micros: trade.p_fees_micros ?? 0,
        funding_micros: funding,
        insurance_micros: trade.p_insurance_micros ?? 0,
      },
      this.#findings,
    );
  }

  #botOf(botId: string): BotTrades {
    let bot = this.bots.get(botId);
    if (!bot) {
      bot = { open: new Map(), totals: new Map(), executedAt: -Infinity, epoch: 0 };
      this.bots.set(botId, bot);
    }
    return bot;
  }
}

function noTotals(): TradeTotals {
  return { pnl: 0, fees: 0, closed: 0, won: 0 };
}
