import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/**
 * A child process that answers one question at a time, so that what it costs is its own.
 * The child says `{ ready: … }` first, then one message for each it gets.
 */
export class Child<Ready> implements AsyncDisposable {
  readonly ready: Ready;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ready: Ready) {
    this.#process = process;
    this.ready = ready;
  }

  /** @param script within this folder. */
  static async start<Ready>(script: string, ...args: readonly string[]): Promise<Child<Ready>> {
    return await Child.#start(script, args, []);
  }

  /**
   * A child that forgets early. One that reads large answers keeps 16 MiB of young objects and the pages of many read
   * buffers otherwise, and its own collecting and page faults are most of what it would time.
   */
  static async startForgetful<Ready>(script: string): Promise<Child<Ready>> {
    return await Child.#start(script, [], ['--max-semi-space-size=4']);
  }

  static async #start<Ready>(
    script: string,
    args: readonly string[],
    execArgv: string[],
  ): Promise<Child<Ready>> {
    const child = fork(path.join(import.meta.dirname, script), args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv,
    });
    const { ready } = (await nextMessage(child)) as { ready: Ready };
    return new Child(child, ready);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.#process.send(question);
    return (await nextMessage(this.#process)) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const { signal } = gone;
  const [message] = await Promise.race([
    once(child, 'message', { signal }),
    once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a child process ended with ${String(code)}`);
    }),
  ]);
  gone.abort();
  return message;
}

/** The child's side: says that it is ready, then answers each question with what `answer` returns. */
export function serveParent(ready: unknown, answer: (question: never) => unknown): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question as never)).then((result) => process.send?.(result));
  });
  process.send?.({ ready });
}
