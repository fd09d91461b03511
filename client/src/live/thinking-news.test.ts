import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { EventPayload } from '../api/contract.ts';
import { keys } from '../api/queries.ts';
import { thinkingKeys } from '../api/thinking-keys.ts';
import { ArenaClock } from './arena-clock.ts';
import { detailOf, eventOf, exitOf, turnOf } from './fixtures.ts';
import { LiveSync } from './sync.ts';
import { TickStore } from './ticks.ts';

const own = { providerId: 'p-1', settings: {}, publishing: detailOf().publishing };

/** What is read again after an event of bot `a` in the room of its owner. */
function readAgainAfter(payload: EventPayload): { learning: boolean; versions: boolean; another: boolean } {
  const queries = new QueryClient();
  const sync = new LiveSync(queries, new TickStore(), new ArenaClock(() => 0));
  queries.setQueryData(keys.bot('a'), detailOf({ own }));
  sync.snapshot({ room: 'user:u', seq: 0, state: { userId: 'u' } });
  const [learning, versions, another] = [
    thinkingKeys.learning('a'),
    thinkingKeys.versions('a'),
    thinkingKeys.learning('b'),
  ];
  for (const key of [learning, versions, another]) queries.setQueryData(key, {});
  sync.event(eventOf(1, payload, 'user:u'));
  const isOld = (key: readonly string[]) => queries.getQueryState(key)?.isInvalidated === true;
  return { learning: isOld(learning), versions: isOld(versions), another: isOld(another) };
}

describe('what an owner reads of how a bot thinks', () => {
  it('is read again after a turn, an edit and a summary, for that bot alone', () => {
    const readAgain = { learning: true, versions: true, another: false };
    expect(readAgainAfter(turnOf())).toEqual(readAgain);
    expect(readAgainAfter({ type: 'bot', botId: 'a', change: 'updated' })).toEqual(readAgain);
  });

  it('stands when something else happens', () => {
    expect(readAgainAfter(exitOf())).toEqual({ learning: false, versions: false, another: false });
  });
});
