import BetterSqlite3 from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { kyselyOn, StatementCache } from './dialects/sqlite-driver.ts';
import { compilePrepared, prepared } from './prepared.ts';

const db = kyselyOn(new StatementCache(new BetterSqlite3(':memory:')));
afterAll(() => db.destroy());

it('binds by name in the order of the text, and keeps constants', () => {
  const query = prepared<{ room: string; from: number; limit: number }>((kysely, param) =>
    kysely
      .selectFrom('arena_events')
      .select('seq')
      .where('type', '=', 'trade')
      .where('seq', '>', param('from'))
      .where('room', '=', param('room'))
      .limit(param('limit')),
  );
  const { sql, bind } = compilePrepared(db, query);
  expect(sql).toBe(
    'select "seq" from "arena_events" where "type" = +? and "seq" > +? and "room" = +? limit +? + 0',
  );
  expect(bind({ limit: 10, room: 'arena', from: 7 })).toEqual(['trade', 7, 'arena', 10]);
  expect(bind({ limit: 1, room: 'bot:1', from: 0 })).toEqual(['trade', 0, 'bot:1', 1]);
});

it('binds one parameter as often as the text names it', () => {
  const query = prepared<{ at: number }>((kysely, param) =>
    kysely
      .selectFrom('candles')
      .selectAll()
      .where('opened_at', '<=', param('at'))
      .where('close', '>', param('at')),
  );
  expect(compilePrepared(db, query).bind({ at: 5 })).toEqual([5, 5]);
});

it('puts picked parameters into rows, null included', () => {
  const query = prepared<{ username: string; password_hash: string | null }>((kysely, param) =>
    kysely.updateTable('users').set({ role: 'user', ...param.pick('password_hash', 'username') }),
  );
  const { sql, bind } = compilePrepared(db, query);
  expect(sql).toBe('update "users" set "role" = +?, "password_hash" = +?, "username" = +?');
  expect(bind({ username: 'ann', password_hash: null })).toEqual(['user', null, 'ann']);
});
