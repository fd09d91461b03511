import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

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

/** The real server, as `npm start` runs it, on a database of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(): Promise<ServerProcess> {
    const built = spawnSync(process.execPath, ['scripts/build-client.mts'], { cwd: ROOT, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`the page was not built: ${built.stderr}`);
    return new ServerProcess(await freePort(), await mkdtemp(path.join(tmpdir(), 'arena-e2e-')));
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
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    for await (const text of child.stdout) if (String(text).includes(this.url)) return;
    throw new Error('the server ended before it listened');
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
