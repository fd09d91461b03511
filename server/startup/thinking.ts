import { budgetStop } from '../arena/budgets.ts';
import type { ActiveBot } from '../arena/active-bot.ts';
import { modelOf } from '../arena/model-access.ts';
import { createPriceBook, type PriceBook } from '../arena/model-prices.ts';
import { makeQuestion, type QuestionContext } from '../arena/question.ts';
import type { TurnThinking } from '../arena/run-turn.ts';
import { SharedAnswers } from '../arena/shared-answers.ts';
import type { Summarise } from '../arena/summaries-model.ts';
import { createSummaries, type Summaries } from '../arena/summaries.ts';
import type { Config } from '../config/config.ts';
import type { AppContext } from '../context.ts';
import type { Db } from '../db/database.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { ModelClient } from '../llm/model-provider.ts';
import { createOutbound } from '../llm/outbound/guarded-fetch.ts';
import { createModels } from '../llm/registry.ts';

/** The vendors' models, and what they cost. */
export interface Models {
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly prices: PriceBook;
}

/** Opens the way out to models; what still runs is broken off when the arena stops. */
export async function openModels(
  config: Config,
  db: Db,
  { lifecycle, models }: { lifecycle: Lifecycle; models: Models['models'] | undefined },
): Promise<Models> {
  const outbound = createOutbound(config.outbound);
  lifecycle.defer('models', () => outbound.close());
  return { models: models ?? createModels(outbound.fetch), prices: await createPriceBook({ db }) };
}

interface ThinkingDeps {
  readonly ctx: QuestionContext & Pick<AppContext, 'newId' | 'log' | 'settings' | 'models'>;
  readonly timeoutMs: number;
  readonly botOf: (botId: string) => ActiveBot;
}

/** What turns and summaries of models need. */
export function createThinking({ ctx, timeoutMs, botOf }: ThinkingDeps): {
  readonly turns: TurnThinking;
  readonly summaries: Summaries;
} {
  const wallNow = () => ctx.clock.wallNow();
  const summarise = summariseBy(ctx, timeoutMs);
  const summaries = createSummaries({ ctx, botOf, summarise, timeoutMs });
  return {
    summaries,
    turns: {
      question: (asked) => makeQuestion(ctx, asked),
      budgetStop: (bot) => budgetStop(ctx, bot, wallNow()),
      sharedAnswers: new SharedAnswers(wallNow),
      afterTurn: (bot) => summaries.summarizeIfLong(bot),
    },
  };
}

function summariseBy(ctx: ThinkingDeps['ctx'], timeoutMs: number): Summarise {
  return async (bot, prompt, options) => {
    const { client, access } = await modelOf(ctx, bot);
    const wallNow = () => ctx.clock.wallNow();
    return await client.summarise({ access, prompt, ...options, wallNow, deadlineAt: wallNow() + timeoutMs });
  };
}
