import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Ready {
  readonly url: string;
  /** From the start of the process until it served, ms. */
  readonly ms: number;
}

const COMPILE_CACHE = path.join(tmpdir(), 'arena-crash-compile-cache');

/** A server in a process of its own. */
export class ServerProcess {
  /** Everything it wrote to stderr. */
  stderr = '';
  /** Null when it ended before it was ready. */
  readonly ready: Promise<Ready | null>;
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #startedAt = performance.now();

  /** @param args what `node` is given: flags, file, arguments. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // `close` and not `exit`: then everything it wrote has been read.
    this.exited = once(this.#process, 'close').then(([code, signal]: (Exit['code'] | Exit['signal'])[]) => ({
      code: typeof code === 'number' ? code : null,
      signal: typeof signal === 'string' ? signal : null,
    }));
    this.ready = Promise.race([this.#readUrl(), this.exited.then(() => null)]);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Does nothing when it has ended already. */
  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async #readUrl(): Promise<Ready> {
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = '';
    this.#process.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const url = /http:\S+(?=\n)/.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    });
    const url = await promise;
    return { url, ms: performance.now() - this.#startedAt };
  }
}
