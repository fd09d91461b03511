import { expect, it } from 'vitest';
import { deleteBot, editBot, pauseBot, resumeBot } from '../../arena/bots.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const auditOf = (t: TestApp, botId: string) =>
  t.db.read
    .selectFrom('audit_log')
    .select(['action', 'user_id', 'subject_type'])
    .where('subject_id', '=', botId)
    .orderBy('id')
    .execute();

it('begins with its deposit, double-entry, at the time of the prices', async () => {
  await using t = await testApp();
  await t.market.minute({ BTCUSDT: 50_000 });
  const { botId, userId } = await t.addBot([], { initialBalanceUsd: 1234.56 });
  const ledger = await t.db.read
    .selectFrom('ledger_entries')
    .select(['account', 'amount_micros', 'cause', 'epoch', 'created_at'])
    .where('bot_id', '=', botId)
    .orderBy('account')
    .execute();
  const line = { cause: 'deposit', epoch: 1, created_at: t.app.ctx.clock.now() };
  expect(ledger).toEqual([
    { ...line, account: 'cash', amount_micros: 1_234_560_000 },
    { ...line, account: 'deposits', amount_micros: -1_234_560_000 },
  ]);
  expect(t.app.ctx.books.get(botId)).toMatchObject({ userId, version: 0, epoch: 1 });
  expect(t.app.ctx.books.equityMicros(botId)).toBe(1_234_560_000);
});

it('leaves an audit line and news for every change, in the change itself', async () => {
  await using t = await testApp();
  const bot = await t.addBot();
  await editBot(t.app.bots, bot, { name: 'Renamed' });
  await pauseBot(t.app.bots, bot, { reason: 'because' });
  await resumeBot(t.app.bots, bot);
  await deleteBot(t.app.bots, bot);
  const names = ['created', 'updated', 'paused', 'resumed', 'deleted'];
  expect(await auditOf(t, bot.botId)).toEqual(
    names.map((name) => ({ action: `bot.${name}`, user_id: bot.userId, subject_type: 'bot' })),
  );
  for (const room of ['arena', `bot:${bot.botId}`])
    expect((await t.events(room)).map(({ payload }) => payload)).toEqual(
      names.map((change) => ({ type: 'bot', botId: bot.botId, change })),
    );
});

it('changes nothing and tells nobody when a change is refused', async () => {
  await using t = await testApp();
  const [one, two] = [await t.addBot([], { name: 'One' }), await t.addBot([], { name: 'Two' })];
  const stranger = { botId: one.botId, userId: two.userId };
  await expect(editBot(t.app.bots, stranger, { prompt: 'Lose.' })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(editBot(t.app.bots, { ...one, botId: 'no-such' }, { prompt: '' })).rejects.toThrow('no-such');
  expect(await auditOf(t, one.botId)).toHaveLength(1);
  expect(await t.events('arena')).toHaveLength(2);
  const row = await t.db.read
    .selectFrom('bots')
    .select('prompt')
    .where('id', '=', one.botId)
    .executeTakeFirstOrThrow();
  expect(row.prompt).toBe('Trade.');
});

it('keeps its state over a restart: paused stays paused, deleted stays gone, its name is free', async () => {
  await using t = await testApp();
  const userId = await t.addUser('owner');
  const paused = await t.addBot([], { userId, name: 'Paused' });
  const deleted = await t.addBot([], { userId, name: 'Deleted' });
  await pauseBot(t.app.bots, paused, { reason: 'because' });
  await deleteBot(t.app.bots, deleted);
  await t.restart();
  expect(t.app.ctx.books.list().map(({ botId }) => botId)).toEqual([paused.botId]);
  expect(t.app.manager.state(paused.botId).nextTurnAt).toBeNull();
  await t.addBot([], { userId, name: 'Deleted' });
  const answer = await fetch(`${t.app.url}/api/v2/bots/${deleted.botId}`);
  expect(answer.status).toBe(404);
});
