import { buildApp, type App } from '../../../server/app.ts';
import { buildConfig } from '../../../server/config/config.ts';
import { parseEnv } from '../../../server/config/env.ts';
import { silentLogger, type Logger } from '../../../server/log.ts';
import type { MarketSource } from '../../../server/market/source.ts';

/** The whole real server on a free port; its market stands still, so that only requests and events make it work. */
export async function openApp(
  path: string,
  source: MarketSource,
  log: Logger = silentLogger(),
): Promise<App> {
  const env = parseEnv({
    PORT: '0',
    DATABASE_URL: path,
    SEED_DEMO: '0',
    RATE_LIMIT_PER_MINUTE: '10000000',
    TRUST_PROXY: '1',
    LOG_LEVEL: 'info',
  });
  return await buildApp(buildConfig(env, { clientDir: null, isTerminal: false, pid: process.pid }), {
    source,
    log,
  });
}
