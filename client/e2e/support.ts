import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const ROOT = path.join(import.meta.dirname, '..', '..');
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether browser tests can run; in CI a missing browser is a failure, not a skip. */
export const hasBrowser = existsSync(CHROMIUM) || process.env.CI !== undefined;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const BUILD_LOCK = path.join(tmpdir(), `arena-build-${createHash('sha256').update(ROOT).digest('hex')}`);
const LONGEST_BUILD_MS = 120_000;

/** One file of tests after the other: a build takes away what another one's server is sending. */
async function buildPage(): Promise<void> {
  while (!(await takeLock())) await sleep(100);
  try {
    const built = spawnSync(process.execPath, ['scripts/build-client.mts'], { cwd: ROOT, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`the page was not built: ${built.stderr}`);
  } finally {
    await rm(BUILD_LOCK, { recursive: true, force: true });
  }
}

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(BUILD_LOCK);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    // Whoever was killed while building has left it behind; whoever ended since has taken it along.
    const taken = statSync(BUILD_LOCK, { throwIfNoEntry: false });
    if (taken && Date.now() - taken.mtimeMs > LONGEST_BUILD_MS)
      await rm(BUILD_LOCK, { recursive: true, force: true });
    return false;
  }
}

/** Settings beside those of all browser tests. */
export type Environment = Readonly<Record<string, string>>;

/** The real server, as `npm start` runs it, on a database of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #env: Environment;
  #child: ChildProcess | undefined;
  /** What the server has printed since it started. */
  #said = '';

  private constructor(port: number, { folder, env }: { folder: string; env: Environment }) {
    this.#port = port;
    this.#folder = folder;
    this.#env = env;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(env: Environment = {}): Promise<ServerProcess> {
    await buildPage();
    const folder = await mkdtemp(path.join(tmpdir(), 'arena-e2e-'));
    return new ServerProcess(await freePort(), { folder, env });
  }

  get databasePath(): string {
    return path.join(this.#folder, 'arena.db');
  }

  /** Resolves when the address is printed. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['server/main.ts'], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        PORT: String(this.#port),
        DATABASE_URL: this.databasePath,
        TURN_INTERVAL_MS: '3000',
        SNAPSHOT_INTERVAL_MS: '1000',
        LOG_LEVEL: 'warn',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#said = '';
    await this.#hears(child, this.url);
  }

  /** Resolves when the server has printed `text`. */
  async #hears(child: ChildProcess, text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('exit', () => reject(new Error('the server ended before it listened')));
    child.stdout?.on('data', (part: Buffer) => {
      this.#said += String(part);
      if (this.#said.includes(text)) resolve();
    });
    await promise;
  }

  /** With which the first administrator registers. */
  async adminLink(): Promise<string> {
    for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 50) {
      const link = /\S+\/register#invite=\S+/.exec(this.#said)?.[0];
      if (link !== undefined) return link;
      await sleep(50);
    }
    throw new Error('the server has not printed a link for its first administrator');
  }

  /** @returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  }

  /** Stops the server, checks every row it wrote, and removes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (existsSync(this.databasePath)) {
      const args = ['scripts/check.mts', this.databasePath];
      const check = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
      if (check.status !== 0) throw new Error(`the books do not add up: ${check.stdout}${check.stderr}`);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A refused request is part of what is tested; the browser reports each as an error. */
const REFUSAL = /Failed to load resource: .* status of 4\d\d/;

/** A page, in a browser profile of its own, that remembers what went wrong in it. */
export async function openPage(
  browser: Browser,
  viewport: { width: number; height: number },
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce', ...options });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    const isProblem = message.type() === 'error' || message.type() === 'warning';
    if (isProblem && !REFUSAL.test(message.text())) problems.push(message.text());
  });
  return { page, problems };
}

/** How far the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
}
