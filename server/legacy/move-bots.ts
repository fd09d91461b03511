import { versionWrites } from '../db/queries/versions.ts';
import { readBotConfig } from './bot-config.ts';
import { insertBot } from './book-inserts.ts';
import { figuresBefore, type BotFigures } from './figures.ts';
import { moveBook, moveClosedRows, readOrders, type MovedBot } from './move-book.ts';
import { moveDecisions } from './move-decisions.ts';
import type { People, Provider } from './move-people.ts';
import type { Curves } from './move-snapshots.ts';
import type { Move } from './move.ts';
import { readBook, type LegacyBook } from './portfolio.ts';
import type { SourceRow } from './source.ts';
import { cut, fieldsOf, idOf, textOf, type Fields } from './values.ts';

export interface BotMove {
  readonly id: string;
  readonly name: string;
  readonly before: BotFigures;
  /** What explains that the new book does not say what the old one said. */
  readonly differences: readonly string[];
  readonly unmatchedOrders: number;
  /** Why it does not trade now; null = it goes on. */
  readonly pauseReason: string | null;
}

const TABLES = ['trades', 'positions', 'bot_decisions'] as const;
type Table = (typeof TABLES)[number];
const KINDS = { trades: 'orders', positions: 'positions', bot_decisions: 'decisions' } as const;

/** What is moved of a bot's part of the state, or means nothing once its server is gone. */
const STATE_KEYS: ReadonlySet<string> = new Set(
  (
    'id userId name prompt provider providerName provider_id tradingMode ' +
    'initialBalance avatarUrl history_summary portfolio orders botLogs valueHistory ' +
    'realizedPnl tradeCount winRate symbolCooldowns isPaused isLoading tradingSymbols'
  ).split(' '),
);

const ROW_KEYS: ReadonlySet<string> = new Set(
  (
    'id user_id name prompt provider_id trading_mode is_active is_paused initial_balance avatar_image ' +
    'history_summary trading_symbols created_at updated_at'
  ).split(' '),
);

interface BotParts {
  readonly path: string;
  readonly state: Fields | null;
  /** The bot's row and state in one. */
  readonly fields: Fields;
  readonly rows: Readonly<Record<Table, readonly SourceRow[]>>;
}

/** Moves every bot with its book, orders and logs. */
export class Bots {
  readonly moved: BotMove[] = [];
  readonly #move: Move;
  readonly #people: People;
  readonly #curves: Curves;
  readonly #marks: ReadonlyMap<string, number>;
  readonly #configs = new Map<string, SourceRow>();
  readonly #rows: Record<Table, Map<string, SourceRow[]>> = {
    trades: new Map(),
    positions: new Map(),
    bot_decisions: new Map(),
  };
  readonly #present = new Set<string>();
  readonly #names = new Set<string>();

  constructor(move: Move, parts: { people: People; curves: Curves; marks: ReadonlyMap<string, number> }) {
    this.#move = move;
    this.#people = parts.people;
    this.#curves = parts.curves;
    this.#marks = parts.marks;
  }

  async moveAll(): Promise<void> {
    const { source, state, target } = this.#move;
    for (const { id, user_id, name } of await target.kysely
      .selectFrom('bots')
      .select(['id', 'user_id', 'name'])
      .execute()) {
      this.#present.add(id);
      this.#names.add(nameKey(user_id, name));
    }
    for (const row of source.rows('bots')) this.#takeConfig(row);
    for (const table of TABLES)
      for (const row of source.rows(table)) {
        const botId = idOf(row.fields.bot_id) ?? '';
        const rows = this.#rows[table].get(botId);
        if (rows) rows.push(row);
        else this.#rows[table].set(botId, [row]);
      }
    const seen = new Set<string>();
    for (const { path, read } of state.bots()) this.#moveState({ path, value: read() }, seen);
    for (const [id, row] of this.#configs)
      if (!seen.has(id)) this.#moveBot(id, { path: row.path, state: null });
    this.#leaveRest();
  }

  #moveState(record: { readonly path: string; readonly value: unknown }, seen: Set<string>): void {
    const { tally } = this.#move;
    const fields = fieldsOf(record.value);
    const id = idOf(fields?.id);
    if (!fields || id === undefined) tally.quarantine('bots', record, 'a bot without an id');
    else if (seen.has(id)) tally.quarantine('bots', record, `the id "${id}" is taken by a bot before it`);
    else this.#moveBot(id, { path: record.path, state: fields });
    if (id !== undefined) seen.add(id);
  }

  #takeConfig(row: SourceRow): void {
    const id = idOf(row.fields.id);
    const { tally } = this.#move;
    if (id === undefined)
      tally.quarantine('bots', { path: row.path, value: row.fields }, 'a bot without an id');
    else if (this.#configs.has(id))
      tally.quarantine(
        'bots',
        { path: row.path, value: row.fields },
        `the id "${id}" is taken by a bot before it`,
      );
    else this.#configs.set(id, row);
  }

  #moveBot(id: string, { path, state }: { path: string; state: Fields | null }): void {
    const { tally, target } = this.#move;
    const config = this.#configs.get(id);
    const rows = {
      trades: this.#take('trades', id),
      positions: this.#take('positions', id),
      bot_decisions: this.#take('bot_decisions', id),
    };
    if (this.#present.has(id)) {
      tally.note(`The bot "${id}" is in the target already: nothing of it was changed.`);
      for (const table of TABLES) for (const _ of rows[table]) tally.known(KINDS[table]);
      this.#curves.leave(id);
      return tally.known('bots');
    }
    const fields = { ...state, ...withoutNulls(config?.fields ?? {}) };
    const bot = { botId: id, userId: this.#people.owner(`${path}.userId`, fields.user_id ?? fields.userId) };
    const restore = tally.mark();
    const part = target.savepoint();
    try {
      this.#moveWhole(bot, { path, state, fields, rows });
    } catch (error) {
      // One bot that no rule foresaw must not hold up all the others.
      part.undo();
      restore();
      const reason = `could not be moved: ${error instanceof Error ? error.message : 'unknown error'}`;
      tally.quarantine('bots', { path, value: state ?? config?.fields }, reason);
      for (const table of TABLES)
        for (const row of rows[table])
          tally.quarantine(
            KINDS[table],
            { path: row.path, value: row.fields },
            'of a bot that could not be moved',
          );
      return;
    }
    part.release();
    this.#curves.add(bot, path, state?.valueHistory ?? []);
  }

  #moveWhole(bot: MovedBot, given: BotParts): void {
    const { path, state, fields, rows } = given;
    const { tally, latest } = this.#move;
    const closed = rows.positions.filter((row) => row.fields.status === 'closed');
    const closedIds = new Set(closed.flatMap((row) => idOf(row.fields.id) ?? []));
    const book = readBook(state ? { ...state, initial_balance: fields.initial_balance } : fields, {
      path,
      tally,
      rows: this.#openRows(rows.positions),
      closedIds,
      latest,
    });
    const { name, pauseReason } = this.#insertBot(bot, { fields, path, book });
    const orders = readOrders(this.#move, { rows: rows.trades, state: state?.orders ?? [], path });
    const logs = { rows: rows.bot_decisions, state: state?.botLogs ?? [], path };
    const newestLogAt = moveDecisions(this.#move, bot, logs);
    const unmatchedOrders = moveBook(this.#move, bot, { book, orders, marks: this.#marks, newestLogAt });
    moveClosedRows(this.#move, bot, closed);
    tally.archiveRest(path, state ?? {}, STATE_KEYS);
    const config = this.#configs.get(bot.botId);
    if (config) tally.archiveRest(config.path, config.fields, ROW_KEYS);
    tally.imported('bots');
    const { differences } = book;
    const before = figuresBefore(state);
    this.moved.push({ id: bot.botId, name, before, differences, unmatchedOrders, pauseReason });
  }

  #openRows(rows: readonly SourceRow[]): SourceRow[] {
    return rows.filter(({ path, fields }) => {
      const { status } = fields;
      const isOpen = status === 'open' || status === null || status === undefined;
      if (!isOpen && status !== 'closed')
        this.#move.tally.quarantine(
          'positions',
          { path, value: fields },
          'a position that is neither open nor closed',
        );
      return isOpen;
    });
  }

  #insertBot(
    bot: MovedBot,
    given: { fields: Fields; path: string; book: LegacyBook },
  ): { name: string; pauseReason: string | null } {
    const { target, tally, at } = this.#move;
    const { fields, path, book } = given;
    const config = readBotConfig(fields, { path, tally });
    const provider = this.#providerOf(bot, fields, path);
    const name = this.#freeName(bot, config.name === '' ? cut(`Bot ${bot.botId}`, 64) : config.name);
    const pauseReason = book.problem ?? config.pauseReason ?? provider.problem;
    target.run(
      insertBot({
        id: bot.botId,
        user_id: bot.userId,
        name,
        prompt: config.prompt,
        provider_id: provider.id,
        trading_mode: config.mode,
        is_active: config.isActive ? 1 : 0,
        is_paused: pauseReason === null ? 0 : 1,
        pause_reason: pauseReason,
        history_summary: config.historySummary,
        trading_symbols: config.tradingSymbols,
        avatar_image: config.avatar,
        created_at: config.createdAt ?? at,
        updated_at: at,
        deleted_at: null,
      }),
    );
    for (const write of versionWrites({ botId: bot.botId, at })) target.run(write);
    return { name, pauseReason };
  }

  /** A bot uses a provider of its own owner, or none. */
  #providerOf(bot: MovedBot, fields: Fields, path: string): Provider {
    const known = this.#people.providers.get(idOf(fields.provider_id) ?? '');
    if (known?.userId === bot.userId) return known;
    const why = known ? 'a provider of another user' : 'an unknown provider';
    this.#move.tally.setAside(`${path}.provider_id`, fields.provider_id, why);
    const type = textOf(fields.provider) ?? known?.type ?? 'unknown';
    const name = textOf(fields.providerName) ?? type;
    return this.#people.addPlaceholder(bot.botId, bot.userId, { name, type });
  }

  #freeName(bot: MovedBot, name: string): string {
    let free = name;
    for (let i = 2; this.#names.has(nameKey(bot.userId, free)); i += 1) free = `${cut(name, 56)} (${i})`;
    if (free !== name) {
      const reason = `a bot name that is taken: it is "${free}" now`;
      this.#move.tally.setAside(`bots of ${bot.botId}`, name, reason);
    }
    this.#names.add(nameKey(bot.userId, free));
    return free;
  }

  #take(table: Table, botId: string): readonly SourceRow[] {
    const rows = this.#rows[table].get(botId) ?? [];
    this.#rows[table].delete(botId);
    return rows;
  }

  #leaveRest(): void {
    for (const table of TABLES)
      for (const { path, fields } of [...this.#rows[table].values()].flat())
        this.#move.tally.quarantine(KINDS[table], { path, value: fields }, 'of a bot nobody knows');
  }
}

function nameKey(userId: string, name: string): string {
  return JSON.stringify([userId, name.toLowerCase()]);
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
