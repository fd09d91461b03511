import { setImmediate } from 'node:timers/promises';
import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { listBotIds } from '../db/queries/erase.ts';
import {
  BOT_TABLES,
  listOwnedRows,
  pagesOfBot,
  pagesOfCalls,
  pagesOfSnapshots,
  USER_TABLES,
  type ExportRow,
} from '../db/queries/export.ts';
import { readOwnAudit } from './audit-read.ts';

type Deps = Pick<AppContext, 'db' | 'clock'>;
type Asker = Pick<Actor, 'userId' | 'trace'>;
type Table = readonly [name: string, pages: AsyncIterable<readonly ExportRow[]>];

const AUDIT_PAGE = 500;

/** Writes down that somebody takes a copy of everything; before the first byte of it. */
export async function noteExport(ctx: Deps, by: Asker): Promise<void> {
  const subject = { subjectType: 'user', subjectId: by.userId };
  await ctx.db.commit([audited(ctx, by, { ...subject, action: 'account.exported' })]);
}

/**
 * Everything the arena has of a user, but for secrets and hashes: pieces of one JSON text, `{ exportedAt, tables }`. The
 * rows are those of the moment each page is read.
 */
export async function* exportAccount(ctx: Deps, userId: string): AsyncGenerator<string> {
  yield `{"exportedAt":${ctx.clock.wallNow()},"tables":{`;
  let isFirst = true;
  for await (const [name, pages] of tablesOf(ctx, userId)) {
    yield `${isFirst ? '' : ','}${JSON.stringify(name)}:[`;
    yield* rowsAsText(pages);
    yield ']';
    isFirst = false;
  }
  yield '}}';
}

async function* rowsAsText(pages: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of pages) {
    if (rows.length > 0) yield `${isFirst ? '' : ','}${rows.map((row) => JSON.stringify(row)).join(',')}`;
    isFirst &&= rows.length === 0;
    // Others get their turn between two pages.
    await setImmediate();
  }
}

async function* tablesOf(ctx: Deps, userId: string): AsyncGenerator<Table> {
  const { db } = ctx;
  for (const table of USER_TABLES) yield [table.name, onePage(listOwnedRows(db.read, table, userId))];
  const botIds = await listBotIds(db.read, userId, { withDeleted: true });
  for (const table of Object.keys(BOT_TABLES) as (keyof typeof BOT_TABLES)[])
    yield [table, pagesOfBots(db.read, table, botIds)];
  yield ['llm_calls', pagesOfCalls(db.read, userId)];
  yield ['bot_state_snapshots', pagesOfSnapshots(db.read, botIds)];
  yield ['audit_log', pagesOfAudit(ctx, userId)];
}

async function* onePage(rows: Promise<ExportRow[]>): AsyncGenerator<ExportRow[]> {
  yield await rows;
}

async function* pagesOfBots(
  db: Parameters<typeof pagesOfBot>[0],
  table: keyof typeof BOT_TABLES,
  botIds: readonly string[],
): AsyncGenerator<ExportRow[]> {
  for (const botId of botIds) yield* pagesOfBot(db, table, botId);
}

async function* pagesOfAudit(ctx: Deps, userId: string): AsyncGenerator<ExportRow[]> {
  let beforeId: number | undefined;
  do {
    const { items, next } = await readOwnAudit(ctx, userId, { beforeId, limit: AUDIT_PAGE });
    yield items.map((entry) => ({ ...entry }));
    beforeId = next?.key;
  } while (beforeId !== undefined);
}
