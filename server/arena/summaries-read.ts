import type { AppContext } from '../context.ts';
import type { HistorySummaryView, Learning as LearningView } from '../contract/http/thinking.ts';
import { findSummary, listSummaries, type SummaryRow } from '../db/queries/summaries.ts';
import { NotFoundError } from '../errors.ts';
import { historyTokens } from '../llm/prompt/history.ts';
import type { BotKey } from './bots.ts';
import { getOwnBot } from './own-bots.ts';
import { readUnsummarised } from './summaries-basis.ts';
import type { StoredSummary } from './summaries-stored.ts';

const VERSIONS = 50;

type ReadContext = Pick<AppContext, 'db' | 'books' | 'equityStats' | 'settings' | 'summaries'>;

/** What one's bot has learnt, and what it will learn from next. @throws NotFoundError */
export async function readHistorySummary(ctx: ReadContext, bot: BotKey): Promise<LearningView> {
  await getOwnBot(ctx, bot);
  const { learning, history } = await readUnsummarised(ctx, bot);
  const rows = await listSummaries(ctx.db, bot.botId, VERSIONS);
  const stored = learning.summary;
  const present = stored && (rows.find((row) => row.version_no === stored.version) ?? null);
  return {
    summary: stored && (present ? rowView(present) : legacyView(stored)),
    versions: [...(stored && !present ? [legacyView(stored)] : []), ...rows.map(rowView)],
    history: {
      decisions: history.length,
      tokens: historyTokens(history),
      limitTokens: ctx.settings.current.history_tokens,
    },
    isSummarizing: ctx.summaries.isSummarizing(bot.botId),
  };
}

/** One version. @throws NotFoundError */
export async function readSummary(
  ctx: Pick<AppContext, 'db'>,
  { version, ...bot }: BotKey & { version: number },
): Promise<HistorySummaryView> {
  await getOwnBot(ctx, bot);
  const row = await findSummary(ctx.db, { botId: bot.botId, version });
  if (!row) throw new NotFoundError('summary', String(version));
  return rowView(row);
}

function rowView(row: SummaryRow): HistorySummaryView {
  return {
    version: row.version_no,
    summary: row.summary,
    summarizedCount: row.summarized_count,
    summarizedFrom: row.summarized_from,
    summarizedTo: row.summarized_to,
    generatedAt: row.generated_at,
    tokenCount: row.token_count,
    model: row.model,
    cause: row.cause,
    clearedAt: row.cleared_at,
  };
}

/** One that came with an old database has no row as long as it is the present one. */
function legacyView(stored: StoredSummary): HistorySummaryView {
  return { ...stored, model: '', cause: 'legacy', clearedAt: null };
}
