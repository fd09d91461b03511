import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseSource, readSourceFiles, type SourceFile } from './support/source-files.ts';

/** What a folder (or file) of `server/` may import from the others; its own files always. */
interface Allowance {
  readonly values: readonly string[];
  readonly types?: readonly string[];
}

const EVERYTHING: Allowance = { values: [''] };

/** `context` is types only and may be named by all but engine and contract; `lifecycle` by whoever starts things. */
const RULES: Readonly<Record<string, Allowance>> = {
  engine: { values: ['errors.ts'] },
  'errors.ts': { values: ['engine/'] },
  contract: { values: [], types: ['engine/'] },
  config: { values: ['errors.ts'] },
  'log.ts': { values: ['errors.ts'] },
  'lifecycle.ts': { values: ['errors.ts'] },
  'context.ts': { values: [], types: [''] },
  db: { values: ['errors.ts', 'log.ts', 'lifecycle.ts'], types: ['config/', 'engine/'] },
  market: { values: ['errors.ts', 'log.ts', 'lifecycle.ts'], types: ['config/', 'context.ts', 'engine/'] },
  llm: {
    values: ['engine/', 'errors.ts', 'log.ts', 'lifecycle.ts', 'market/indicators.ts'],
    types: ['config/', 'context.ts'],
  },
  auth: { values: ['db/', 'errors.ts', 'log.ts', 'lifecycle.ts'], types: ['config/', 'context.ts'] },
  legacy: { values: ['db/', 'engine/', 'auth/credential-vault.ts', 'errors.ts', 'log.ts', 'lifecycle.ts'] },
  arena: {
    values: [
      'engine/',
      'db/',
      'errors.ts',
      'log.ts',
      'lifecycle.ts',
      'llm/chat.ts',
      'llm/prompt/',
      'llm/prompt.ts',
      'llm/presets.ts',
      'llm/price.ts',
      'llm/summary-prompt.ts',
      'llm/tokens.ts',
      'llm/tools/world.ts',
      'llm/parse-decisions.ts',
      'llm/provider.ts',
      // What an address of a provider may be.
      'llm/outbound/',
      'market/source.ts',
      'market/quotes.ts',
      'market/candles.ts',
      'market/indicators.ts',
      // Which field is public is one table, and reads obey it.
      'contract/publishing.ts',
      // What a bot's settings may be is one schema, for the API and for what is stored.
      'contract/http/bot-settings.ts',
    ],
    // A model's client is an interface; `app.ts` says which there are.
    types: ['context.ts', 'contract/', 'llm/model-provider.ts'],
  },
  http: {
    values: ['arena/', 'auth/', 'contract/', 'errors.ts', 'log.ts', 'lifecycle.ts'],
    types: ['context.ts'],
  },
  live: {
    values: ['arena/', 'auth/', 'contract/', 'errors.ts', 'log.ts', 'lifecycle.ts', 'db/queries/events.ts'],
    // What a query takes.
    types: ['context.ts', 'db/database.ts'],
  },
  jobs: { values: ['arena/', 'errors.ts', 'log.ts', 'lifecycle.ts'], types: ['context.ts'] },
  'app.ts': EVERYTHING,
  // The parts of app.ts.
  startup: EVERYTHING,
  'main.ts': EVERYTHING,
};

/** Folders whose subfolders know nothing of each other: one per exchange, one per vendor. */
const ISOLATED = ['server/market/sources/', 'server/llm/providers/'];

const isTest = (path: string) => /\.test\.tsx?$/.test(path) || path.startsWith('server/test/');
/** Where the app is put together: nothing below imports it. */
const isRoot = (path: string) => /^server\/(main\.ts|app\.ts|startup\/)/.test(path);
const areaOf = (path: string) => path.split('/')[1] ?? '';

/** One sentence for each import the rules forbid. */
function findForbiddenImports(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !isTest(file.path))
    .flatMap((file) =>
      file.imports
        .filter((imported) => !isAllowed(file.path, imported))
        .map(
          (imported) => `${file.path} imports ${imported.isTypeOnly ? 'types of ' : ''}${imported.target}`,
        ),
    );
}

function isAllowed(from: string, imported: SourceFile['imports'][number]): boolean {
  const { target, isOwn, isTypeOnly } = imported;
  if (from.startsWith('migrations/')) return !isOwn && target === 'kysely';
  if (from.startsWith('server/engine/') && !isOwn) return false;
  if (from.startsWith('server/contract/') && !isOwn) return target === 'zod';
  if (!isOwn) return true;
  // The proofs that scripts run at length are those of the tests.
  if (from.startsWith('scripts/')) return true;
  if (isTest(target)) return false;
  if (from.startsWith('client/'))
    return target.startsWith('client/') || target.startsWith('server/contract/');
  return isAllowedInServer(from, target, isTypeOnly);
}

function isAllowedInServer(from: string, target: string, isTypeOnly: boolean): boolean {
  if (!target.startsWith('server/')) return isRoot(from) && target === 'package.json';
  if (!staysIsolated(from, target)) return false;
  const area = areaOf(from);
  if (areaOf(target) === area) return true;
  if (isRoot(target) && !isRoot(from)) return false;
  const rule = RULES[area];
  if (!rule) return false;
  const allowed = isTypeOnly ? [...rule.values, ...(rule.types ?? [])] : rule.values;
  return allowed.some((prefix) => target.startsWith(`server/${prefix}`));
}

function staysIsolated(from: string, target: string): boolean {
  const folderIn = (path: string, parent: string) =>
    path.startsWith(parent) && path.slice(parent.length).includes('/')
      ? path.slice(parent.length).split('/')[0]
      : undefined;
  return ISOLATED.every((parent) => {
    const [source, other] = [folderIn(from, parent), folderIn(target, parent)];
    return source === undefined || other === undefined || source === other;
  });
}

const server = readSourceFiles(['server']);
const all = [...server, ...readSourceFiles(['client', 'migrations', 'scripts'])];
const production = server.filter((file) => !isTest(file.path));

describe('architecture', () => {
  it('has only allowed imports', () => {
    expect(findForbiddenImports(all)).toEqual([]);
  });

  it('knows every folder of the server', () => {
    const unknown = production.map((file) => areaOf(file.path)).filter((area) => !(area in RULES));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('keeps the engine free of clock, randomness, timers, environment and packages', () => {
    const impure = production
      .filter((file) => file.path.startsWith('server/engine/'))
      .flatMap((file) => [...file.globals].filter(isImpure).map((name) => `${file.path} uses ${name}`));
    expect(impure).toEqual([]);
  });

  it('reads the process in main.ts only', () => {
    const readers = production
      .filter((file) => file.path !== 'server/main.ts')
      .filter(
        (file) =>
          [...file.globals].some((name) => name.startsWith('process.')) ||
          file.imports.some(({ target }) => target === 'node:process' || target === 'process'),
      );
    expect(readers.map((file) => file.path)).toEqual([]);
  });

  it('has no console in the server', () => {
    const talkers = server.filter((file) => [...file.globals].some((name) => name.startsWith('console.')));
    expect(talkers.map((file) => file.path)).toEqual([]);
  });

  it('names built-ins with node:', () => {
    const bare = all.flatMap((file) =>
      file.imports
        .filter(({ target, isOwn }) => !isOwn && isBuiltin(target) && !target.startsWith('node:'))
        .map(({ target }) => `${file.path} imports ${target}`),
    );
    expect(bare).toEqual([]);
  });

  it('has no file above 400 lines', () => {
    const long = all.filter((file) => file.lines > 400 && !file.path.startsWith('migrations/'));
    expect(long.map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
  });
});

function isImpure(name: string): boolean {
  return name === 'new Date' || !name.startsWith('Math.') || name === 'Math.random';
}

describe('the rules bite', () => {
  const forbidden = (path: string, text: string) => findForbiddenImports([parseSource(path, text)]);

  it.each([
    ['server/engine/x.ts', `import { log } from '../log.ts';`],
    ['server/engine/x.ts', `import { readFileSync } from 'node:fs';`],
    ['server/engine/x.ts', `import type { Db } from '../db/database.ts';`],
    ['server/contract/x.ts', `import { openAccount } from '../engine/account.ts';`],
    ['server/arena/x.ts', `import { createServer } from '../http/server.ts';`],
    ['server/arena/x.ts', `import { house } from '../llm/providers/house/index.ts';`],
    ['server/arena/x.ts', `import { config } from '../context.ts';`],
    ['server/arena/x.ts', `export * from '../jobs/index.ts';`],
    ['server/arena/x.ts', `const gateway = await import('../live/gateway.ts');`],
    ['server/market/x.ts', `import { snap } from '../engine/money.ts';`],
    ['server/market/x.ts', `import { type Candle, snap } from '../engine/money.ts';`],
    ['server/market/sources/sim/x.ts', `import { rows } from '../replay/rows.ts';`],
    ['server/llm/providers/gemini/x.ts', `import type { Strategy } from '../house/index.ts';`],
    ['server/live/x.ts', `import { listTrades } from '../db/queries/trades.ts';`],
    ['server/jobs/x.ts', `import { buildApp } from '../app.ts';`],
    ['server/arena/x.ts', `import type { Basis } from '../startup/basis.ts';`],
    ['server/http/x.ts', `import { accountOf } from '../test/support/engine-world.ts';`],
    ['client/src/x.ts', `import { openAccount } from '../../server/engine/account.ts';`],
    ['migrations/x.ts', `import { AppError } from '../server/errors.ts';`],
    ['migrations/x.ts', `import fs from 'node:fs';`],
  ])('in %s: %s', (path, text) => {
    expect(forbidden(path, text)).toHaveLength(1);
  });

  it.each([
    ['server/market/x.ts', `import type { Candle } from '../engine/model.ts';`],
    ['server/market/x.ts', `import { type Candle } from '../engine/model.ts';`],
    ['server/arena/x.ts', `import type { AppContext } from '../context.ts';`],
    ['server/llm/registry.ts', `import { house } from './providers/house/index.ts';`],
    ['server/live/x.ts', `import { listEvents } from '../db/queries/events.ts';`],
    ['server/main.ts', `import { buildApp } from './app.ts';`],
    ['client/src/x.ts', `import type { Range } from '../../server/contract/http/arena.ts';`],
    ['scripts/x.mts', `import { buildApp } from '../server/app.ts';`],
    ['server/arena/x.test.ts', `import { testApp } from '../test/support/app.ts';`],
  ])('not in %s: %s', (path, text) => {
    expect(forbidden(path, text)).toEqual([]);
  });

  it('sees what a file does with globals', () => {
    const { globals } = parseSource(
      'server/engine/x.ts',
      `const a = Date.now(); const b = new Date(); const c = Math.random(); const d = process.env; const e = { process: 1 };
       const f = e.process; console.log(a);`,
    );
    expect([...globals].sort()).toEqual([
      'Date.now',
      'Math.random',
      'console.log',
      'new Date',
      'process.env',
    ]);
  });
});
