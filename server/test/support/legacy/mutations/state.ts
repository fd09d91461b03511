import { drop, editText, set, sql, type Damage } from './damage.ts';
import { imported, quarantined, refused, type LegacyMutation } from './mutation.ts';

const cutAt = (find: (text: string) => number) => editText((text) => text.slice(0, find(text)));
const stateIs = (text: string | null) => sql('UPDATE arena_state SET state = ?', text);

/** The blob as a whole, and what is beside its bots. */
export const STATE_MUTATIONS: readonly LegacyMutation[] = [
  refused(
    'state cut after its first byte',
    cutAt(() => 1),
  ),
  refused(
    'state cut in the middle',
    cutAt(({ length }) => Math.floor(length / 2)),
  ),
  refused(
    'state cut before its last byte',
    cutAt(({ length }) => length - 1),
  ),
  refused(
    'state cut inside a string',
    cutAt((text) => text.lastIndexOf('"prompt":"') + 40),
  ),
  refused(
    'state cut inside a number',
    cutAt((text) => text.lastIndexOf('"price":') + 10),
  ),
  refused(
    'state cut between two bots',
    cutAt((text) => text.lastIndexOf('{"id":"bot_')),
  ),
  refused('state cut inside a character', cutInsideEmoji()),
  refused(
    'state ends twice',
    editText((text) => `${text}}`),
  ),
  refused(
    'state with a bare NaN',
    editText((text) => text.replace(/"balance":[-\d.e]+/, '"balance":NaN')),
  ),
  refused(
    'state with a comma too many',
    editText((text) => text.replace('"orders":[', '"orders":[,')),
  ),
  refused(
    'state in single quotes',
    editText((text) => text.replaceAll('"', "'")),
  ),
  refused('state SQL null', stateIs(null)),
  refused('state JSON null', stateIs('null')),
  refused('state a number', stateIs('42')),
  refused('state an array', stateIs('[{"bots":[]}]')),
  refused('state empty text', stateIs('')),
  refused('state a string', stateIs('"bots"')),
  refused('state true', stateIs('true')),
  refused('state an empty object', stateIs('{}')),
  refused('bots missing', drop('bots')),
  refused('bots null', set('bots', null)),
  imported('bots an empty array', set('bots', [])),
  refused('bots an object', set('bots', { first: 'bot_astrologer' })),
  refused('bots a text', set('bots', 'three of them')),
  refused('bots a number', set('bots', 3)),
  imported('an unknown key beside the bots', set('season', { name: 'autumn', prizes: [300, 200, 100] })),
  imported('marketData missing', drop('marketData')),
  imported('marketData null', set('marketData', null)),
  quarantined('marketData a text', set('marketData', 'closed today')),
  quarantined('a market without a symbol', drop('marketData/3/symbol')),
  quarantined('a market price as text', set('marketData/4/price', 'NaN')),
  quarantined('a market price below zero', set('marketData/5/price', -1.5)),
  imported(
    'spaces and line ends throughout',
    editText((text) => JSON.stringify(JSON.parse(text), null, '\t')),
  ),
];

function cutInsideEmoji(): Damage {
  return (file) => {
    set('bots/1/botLogs/0/notes', ['🦉'])(file);
    // As bytes, because text cannot be cut there.
    sql(
      `UPDATE arena_state SET state = cast(substr(cast(state AS BLOB), 1,
       instr(cast(state AS BLOB), cast('🦉' AS BLOB)) + 1) AS TEXT)`,
    )(file);
  };
}
