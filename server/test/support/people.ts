import request, { type Response } from 'supertest';
import type { App } from '../../app.ts';
import { newSession } from '../../auth/sessions.ts';
import { hashToken, newToken } from '../../auth/tokens.ts';
import { insertApiKey } from '../../db/queries/api-keys.ts';
import { insertRow } from '../../db/queries/bots-write.ts';
import type { Role } from '../../db/queries/users.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Headers = Readonly<Record<string, string>>;

/** Who calls, and what shows it. */
interface Identity {
  readonly userId: string;
  readonly headers: Headers;
}

/** Somebody who calls the API, as their browser or their program would. Paths are such as `/bots`. */
export class Person implements Identity {
  readonly userId: string;
  readonly headers: Headers;
  readonly #url: string;

  constructor(url: string, { userId, headers }: Identity) {
    this.#url = url;
    this.userId = userId;
    this.headers = headers;
  }

  async get(path: string): Promise<Response> {
    return await this.send('get', path);
  }

  async post(path: string, body?: object, headers: Headers = {}): Promise<Response> {
    return await this.send('post', path, body, headers);
  }

  // oxlint-disable-next-line eslint/max-params -- reads as the line of a request.
  async send(method: Method, path: string, body?: object, headers: Headers = {}): Promise<Response> {
    const client = request(this.#url);
    const call = client[method](`/api/v2${path}`).set({ ...this.headers, ...headers });
    return await (body === undefined ? call : call.send(body));
  }

  /** The same, and it must be answered with this status. @param line such as `get /bots`. */
  // oxlint-disable-next-line eslint/max-params -- reads as the line of a request.
  async must(status: number, line: string, body?: object, headers: Headers = {}): Promise<Response> {
    const [method, path = ''] = line.split(' ');
    const answer = await this.send(method as Method, path, body, headers);
    if (answer.status !== status)
      throw new Error(`${line}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

export const PASSWORD = 'correct horse battery';

/** A user who is logged in on the page; to use the password takes a moment. */
export async function person(
  app: App,
  name: string,
  { role = 'user', hasPassword = false }: { role?: Role; hasPassword?: boolean } = {},
): Promise<Person> {
  const { ctx } = app;
  const userId = ctx.newId();
  const hash = hasPassword ? await ctx.auth.passwords.hash(PASSWORD) : null;
  const session = newSession(ctx, userId, { ip: '127.0.0.1', userAgent: 'test' });
  const row = { id: userId, username: name, password_hash: hash, role, deleted_at: null };
  await ctx.db.commit([
    insertRow(ctx.db.read, 'users', { ...row, created_at: ctx.clock.wallNow() }),
    session.write,
  ]);
  const headers = { Cookie: `arena=${session.token}`, 'Sec-Fetch-Site': 'same-origin' };
  return new Person(app.url, { userId, headers });
}

/** Nobody known. */
export function stranger(app: App): Person {
  return new Person(app.url, { userId: '', headers: {} });
}

/** The same user through an API key. */
export async function withApiKey(app: App, { userId }: Person, scope: 'read' | 'trade'): Promise<Person> {
  const { ctx } = app;
  const key = newToken('ark');
  const row = { id: ctx.newId(), user_id: userId, name: 'test', prefix: key.slice(0, 10), scope };
  await ctx.db.commit([
    insertApiKey(ctx.db.read, {
      ...row,
      key_hash: hashToken(key),
      created_at: ctx.clock.wallNow(),
      last_used_at: null,
      expires_at: null,
    }),
  ]);
  return new Person(app.url, { userId, headers: { Authorization: `Bearer ${key}` } });
}

/** The audit log, oldest first. */
export async function auditOf({ ctx }: App, subjectId?: string) {
  let query = ctx.db.read.selectFrom('audit_log').selectAll().orderBy('id');
  if (subjectId !== undefined) query = query.where('subject_id', '=', subjectId);
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details_json) as Record<string, unknown> }));
}
