import { isEmpty, seedDemo } from '../arena/seed-demo.ts';
import { loadSettings, seedSettings, SettingsStore } from '../arena/settings.ts';
import type { Config } from '../config/config.ts';
import type { AppContext } from '../context.ts';

const DEMO_TURN_INTERVAL_MS = 20_000;
const DEMO_SNAPSHOT_INTERVAL_MS = 5000;

/** Settings, and on an empty database the demo. */
export async function seed(
  config: Config,
  ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>,
): Promise<SettingsStore> {
  const isDemo = config.seedDemo && (await isEmpty(ctx));
  await seedSettings(
    ctx.db,
    ctx.clock.wallNow(),
    isDemo ? { snapshot_interval_ms: DEMO_SNAPSHOT_INTERVAL_MS } : {},
  );
  const settings = await loadSettings(ctx.db);
  if (isDemo) {
    const turnIntervalMs = config.turns.intervalMs ?? DEMO_TURN_INTERVAL_MS;
    await seedDemo(ctx, { settings, turnIntervalMs, seed: config.market.seed });
  }
  return new SettingsStore(ctx, settings);
}
