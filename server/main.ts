import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import path from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { StartupError } from './errors.ts';

const ROOT = path.join(import.meta.dirname, '..');
const CLIENT_DIR = path.join(ROOT, 'client', 'dist');

// The next start need not compile again what is imported from here on.
enableCompileCache(path.join(ROOT, 'node_modules', '.cache', 'compiled'));
const { buildApp } = await import('./app.ts');
const { buildConfig } = await import('./config/config.ts');
const { describeEnv, parseEnv } = await import('./config/env.ts');

function readConfig() {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return buildConfig(parseEnv(process.env), {
    clientDir: existsSync(path.join(CLIENT_DIR, 'index.html')) ? CLIENT_DIR : null,
    isTerminal: process.stdout.isTTY,
    pid: process.pid,
    version: packageJson.version,
  });
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${describeEnv()}\n`);
    return;
  }
  const config = readConfig();
  const app = await buildApp(config);
  const { log } = app.ctx;

  const stop = async (signal: string): Promise<void> => {
    // A second signal does not wait.
    process.once(signal, () => process.exit(1));
    log.info({ signal }, 'stopping');
    await app.stop();
    process.exitCode = 0;
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop(signal).catch(fail));
  // Whoever reads this may send a signal at once.
  process.stdout.write(`arena is running at ${app.url}\n`);
  if (app.adminLink !== null)
    process.stdout.write(`Become its administrator, once and within a day: ${app.adminLink}\n`);
  flushCompileCache();
  await app.marketEnded;
}

/** Whatever ends here is fatal: what is committed stays, the next start goes on from it. */
function fail(error: unknown): void {
  const isExpected = error instanceof StartupError;
  process.stderr.write(
    `${isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
main().catch(fail);
