import type { AppContext } from '../context.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import type { Write } from '../db/prepared.ts';
import { botCreation } from './bots.ts';
import type { Settings } from './settings.ts';

interface DemoBot {
  readonly name: string;
  readonly strategy: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly rules: string;
}

const HOUSE: Readonly<Record<string, readonly DemoBot[]>> = {
  'House of Trends': [
    {
      name: 'Crossover',
      strategy: 'momentum',
      rules: 'Trades the side of a fast over a slow moving average.',
    },
    {
      name: 'Quickstep',
      strategy: 'momentum',
      params: { fast: 5, slow: 13 },
      rules: 'Trades the side of a very fast over a fast moving average.',
    },
    {
      name: 'Steady Wind',
      strategy: 'volatility-trend',
      rules: 'Follows the trend, smaller where prices swing more.',
    },
  ],
  'House of Ranges': [
    {
      name: 'Rubber Band',
      strategy: 'mean-reversion',
      rules: 'Buys what has fallen too far and sells what has risen too far.',
    },
    {
      name: 'Channel Breaker',
      strategy: 'breakout',
      rules: 'Enters when the price leaves its recent range.',
    },
  ],
  'House of Controls': [
    {
      name: 'Buy & Hold',
      strategy: 'buy-and-hold',
      rules: 'Buys at the start and never trades again: the reference to beat.',
    },
    { name: 'Monkey', strategy: 'random', rules: 'Decides by fixed-seed chance: what luck looks like.' },
    { name: 'Sleeper', strategy: 'flat', rules: 'Never trades: what doing nothing earns.' },
  ],
};

export interface DemoOptions {
  readonly settings: Settings;
  readonly turnIntervalMs: number;
  readonly seed: number;
}

/** Fills an empty database with three house users and their eight bots, in one transaction. A used one stays as it is. */
export async function seedDemo(
  ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>,
  options: DemoOptions,
): Promise<void> {
  if (!(await isEmpty(ctx))) return;
  await ctx.db.commit(
    Object.entries(HOUSE).flatMap(([username, bots]) => houseUser(ctx, { username, bots }, options)),
  );
}

export async function isEmpty(ctx: Pick<AppContext, 'db'>): Promise<boolean> {
  return (await ctx.db.read.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
}

function houseUser(
  ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>,
  house: { username: string; bots: readonly DemoBot[] },
  options: DemoOptions,
): Write[] {
  const userId = ctx.newId();
  const user = insertRow(ctx.db.read, 'users', {
    id: userId,
    username: house.username,
    password_hash: null,
    role: 'user',
    is_house: 1,
    created_at: ctx.clock.wallNow(),
    deleted_at: null,
  });
  return [user, ...house.bots.flatMap((bot) => houseBot(ctx, { userId, bot }, options))];
}

function houseBot(
  ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>,
  { userId, bot }: { userId: string; bot: DemoBot },
  { settings, turnIntervalMs, seed }: DemoOptions,
): Write[] {
  const providerId = ctx.newId();
  const now = ctx.clock.wallNow();
  const provider = insertRow(ctx.db.read, 'llm_providers', {
    id: providerId,
    user_id: userId,
    name: `${bot.name} strategy`,
    provider_type: 'house',
    api_endpoint: null,
    model_name: bot.strategy,
    api_key_encrypted: null,
    config_json: JSON.stringify({ strategy: bot.strategy, params: bot.params ?? {}, seed }),
    created_at: now,
    updated_at: now,
  });
  return [
    provider,
    ...botCreation(
      ctx,
      { botId: ctx.newId() },
      {
        userId,
        name: bot.name,
        prompt: bot.rules,
        providerId,
        tradingSymbols: null,
        settings: { turnIntervalMs },
        initialBalanceUsd: settings.initial_balance_usd,
      },
    ),
  ];
}
