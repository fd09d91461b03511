import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BotBook } from '../context.ts';
import type { BookRows } from '../db/queries/books.ts';
import { unrealizedMicros } from '../engine/mark.ts';
import { randomPosition, randomPrice } from '../test/support/random-positions.ts';
import { accountToUpdate, bookFromRows, positionToRow } from './book-rows.ts';

const micros = fc.integer({ min: 0, max: 1e15 });
const signedMicros = fc.integer({ min: -1e15, max: 1e15 });
const randomBook: fc.Arbitrary<BotBook> = fc.record({
  botId: fc.uuid(),
  userId: fc.uuid(),
  version: fc.nat(),
  epoch: fc.integer({ min: 1, max: 9 }),
  initialBalanceMicros: micros,
  account: fc.record({
    cashMicros: micros,
    positions: fc.array(randomPosition(['AUSDT', 'BUSDT']), { maxLength: 5 }),
    cooldowns: fc.dictionary(fc.stringMatching(/^[A-Z]{3,8}$/), fc.nat(), { noNullPrototype: true }),
    tradeCount: fc.nat(),
    winCount: fc.nat(),
    realizedMicros: signedMicros,
    feesMicros: micros,
    fundingMicros: signedMicros,
  }),
});

const open = { mark: undefined, close: null };

it('is the same book after a way through its rows', () => {
  fc.assert(
    fc.property(randomBook, (book) => {
      const { version, ...figures } = accountToUpdate(book, book.account);
      const account: BookRows['account'] = {
        ...figures,
        version,
        user_id: book.userId,
        epoch: book.epoch,
        initial_balance_micros: book.initialBalanceMicros,
        last_turn_no: 0,
        last_turn_at: null,
        skipped_turns: 0,
      };
      const positions = book.account.positions.map((position) => ({
        ...positionToRow(book, position, open),
        legacy: 0,
      }));
      expect(bookFromRows({ account, positions })).toEqual(book);
    }),
  );
});

it('writes dollars that give the integer back', () => {
  fc.assert(
    fc.property(randomBook, randomPosition(['AUSDT']), randomPrice, (book, position, mark) => {
      const row = positionToRow(book, position, { mark, close: null });
      expect(Math.round(row.size * 1e6)).toBe(position.initialMarginMicros);
      expect(Math.round(row.unrealized_pnl * 1e6)).toBe(unrealizedMicros(position, mark));
    }),
  );
});

it('says when and why a position was closed, and that it is worth nothing more', () => {
  const [book, position] = [fc.sample(randomBook, 1)[0], fc.sample(randomPosition(['AUSDT']), 1)[0]];
  if (!book || !position) throw new Error('nothing drawn');
  const row = positionToRow(book, position, { mark: 1, close: { cause: 'stop-loss', at: 7 } });
  expect(row).toMatchObject({
    status: 'closed',
    close_cause: 'stop-loss',
    closed_at: 7,
    unrealized_pnl: 0,
    user_id: book.userId,
    bot_id: book.botId,
    epoch: book.epoch,
  });
  expect(positionToRow(book, position, open)).toMatchObject({
    status: 'open',
    close_cause: null,
    closed_at: null,
    unrealized_pnl: 0,
  });
});
