import { Pool } from 'undici';

export interface WireRequest {
  readonly method: string;
  /** With its query, such as `/api/v2/bots?q=x`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON, anything else as it is. */
  readonly body?: unknown;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A client that keeps its connections: thousands of requests in seconds. `await using` closes them. */
export class Wire implements AsyncDisposable {
  readonly #pool: Pool;

  constructor(url: string, connections = 8) {
    this.#pool = new Pool(url, { connections });
  }

  async send({ method, path, headers = {}, body }: WireRequest): Promise<WireAnswer> {
    const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const answer = await this.#pool.request({
      method: method.toUpperCase(),
      path,
      headers: isPlain ? headers : { 'content-type': 'application/json', ...headers },
      body: isPlain ? (body ?? null) : JSON.stringify(body),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}

/** What an answer says, as JSON; undefined where it says nothing, or something else. */
export function jsonOf({ headers, text }: WireAnswer): unknown {
  return String(headers['content-type']).startsWith('application/json') && text !== ''
    ? (JSON.parse(text) as unknown)
    : undefined;
}
