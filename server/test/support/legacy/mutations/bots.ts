import { both, copy, drop, editState, objectsAt, put, set, sql, type Damage, type Json } from './damage.ts';
import { imported, quarantined, type LegacyMutation } from './mutation.ts';

const FIRST = '(SELECT id FROM bots ORDER BY rowid LIMIT 1)';
/** In the blob and in the bot's row alike. */
const everywhere = (key: string, column: string, value: string | number): Damage =>
  both(set(`bots/0/${key}`, value), sql(`UPDATE bots SET ${column} = ? WHERE id = ${FIRST}`, value));
/** In the blob; the bot's row does not say. */
const onlyInBlob = (key: string, column: string, value: Json): Damage =>
  both(set(`bots/0/${key}`, value), sql(`UPDATE bots SET ${column} = NULL WHERE id = ${FIRST}`));
const named = (name: string) => everywhere('name', 'name', name);
const TEN_MB = 10 * 1024 * 1024;

/** Who a bot is, and whose. */
export const BOT_MUTATIONS: readonly LegacyMutation[] = [
  quarantined('a bot null', set('bots/0', null)),
  quarantined('a bot a text', set('bots/0', 'Astrologer')),
  quarantined('a bot an array', set('bots/0', ['Astrologer', 10_000])),
  quarantined('a bot an empty object', set('bots/-', {})),
  quarantined('a bot without id', drop('bots/0/id')),
  quarantined('a bot with an id null', set('bots/0/id', null)),
  quarantined('a bot with an object as id', set('bots/0/id', { $oid: '65f0c0ffee' })),
  quarantined('a bot with an empty id', set('bots/0/id', '')),
  imported('a bot with a number as id', renumberFirstBot()),
  quarantined('two bots of one id', copy('bots/0', 'bots/-', { name: 'Astrologer again' })),
  imported('a bot without a row', sql(`DELETE FROM bots WHERE id = ${FIRST}`)),
  imported('a bot only in its row', drop('bots/0')),
  quarantined('a bot of an unknown user', everywhere('userId', 'user_id', 'somebody-else')),
  imported('a bot whose user is only in its row', set('bots/0/userId', null)),
  quarantined('a bot of an unknown provider', everywhere('provider_id', 'provider_id', 'prov_gone')),
  quarantined('a bot with the provider of another user', lendProvider()),
  imported('a provider of a kind nobody knows', sql("UPDATE llm_providers SET provider_type = 'oracle'")),
  imported('a bot whose name is only in its row', drop('bots/0/name')),
  imported('a bot whose prompt is only in its row', set('bots/0/prompt', null)),
  quarantined('a bot prompt a number', onlyInBlob('prompt', 'prompt', 7)),
  quarantined('a bot name of 10 MB', named('n'.repeat(TEN_MB))),
  quarantined('a bot name of 80 letters', named('Astrologer'.repeat(8))),
  imported('a bot prompt of 10 MB', everywhere('prompt', 'prompt', 'Wait. '.repeat(TEN_MB / 6))),
  quarantined('two bots of a user whose names differ by case', renameSecondLikeFirst()),
  imported('a bot name of emoji', named('🦊 Fox 👩‍🚀🏳️‍🌈')),
  imported('a bot name from right to left', named('المنجّم \u200fفلكي')),
  imported('a bot name of combining signs', named('A\u0301\u0327s\u0323t\u0308ro e\u0301')),
  quarantined('a bot name with a lone surrogate', onlyInBlob('name', 'name', 'Astro\ud83d loger')),
  quarantined(
    'a bot prompt with a lone surrogate',
    onlyInBlob('prompt', 'prompt', 'Look up \udc00 and wait'),
  ),
  imported('a NUL inside a bot prompt', everywhere('prompt', 'prompt', 'Look up.\0 Then wait.')),
  imported('isPaused 0', onlyInBlob('isPaused', 'is_paused', 0)),
  imported('isPaused 1', onlyInBlob('isPaused', 'is_paused', 1)),
  imported('isPaused the text true', onlyInBlob('isPaused', 'is_paused', 'true')),
  quarantined('isPaused a word', onlyInBlob('isPaused', 'is_paused', 'sometimes')),
  imported('isPaused missing', drop('bots/0/isPaused')),
  imported('isLoading left on', set('bots/0/isLoading', true)),
  imported(
    'history_summary an object',
    onlyInBlob('history_summary', 'history_summary', { summary: 'Short days, long nights.' }),
  ),
  imported('history_summary missing', drop('bots/0/history_summary')),
  imported('tradingMode real', everywhere('tradingMode', 'trading_mode', 'real')),
  quarantined('tradingMode unknown', everywhere('tradingMode', 'trading_mode', 'margin-of-margin')),
  imported('an unknown key in a bot', set('bots/0/mascot', { animal: 'owl' })),
];

function renumberFirstBot(): Damage {
  return both(
    sql(`UPDATE bot_state_snapshots SET bot_id = '42' WHERE bot_id = ${FIRST}`),
    sql(`UPDATE leaderboard SET bot_id = '42' WHERE bot_id = ${FIRST}`),
    sql(`UPDATE bots SET id = '42' WHERE id = ${FIRST}`),
    set('bots/0/id', 42),
  );
}

/** The last bot belongs to the second user. */
function lendProvider(): Damage {
  const last = '(SELECT provider_id FROM bots ORDER BY rowid DESC LIMIT 1)';
  return both(
    editState((state) => {
      const bots = objectsAt(state, 'bots');
      put(state, 'bots/0/provider_id', bots.at(-1)?.provider_id ?? null);
    }),
    sql(`UPDATE bots SET provider_id = ${last} WHERE id = ${FIRST}`),
  );
}

function renameSecondLikeFirst(): Damage {
  const name = 'ASTROLOGER';
  const second = '(SELECT id FROM bots ORDER BY rowid LIMIT 1 OFFSET 1)';
  return both(set('bots/1/name', name), sql(`UPDATE bots SET name = ? WHERE id = ${second}`, name));
}
