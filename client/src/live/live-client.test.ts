import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JoinAnswer, LiveEvent, Prices, RoomSnapshot } from '../api/contract.ts';
import { arenaOf, eventOf, turnOf } from './fixtures.ts';
import { LiveClient, type LiveSocket } from './live-client.ts';
import { judgeEvent } from './room-progress.ts';

/** A server at the other end, driven by hand. */
class FakeSocket implements LiveSocket {
  readonly joins: { room: string; lastSeq: number | null }[] = [];
  readonly left: string[] = [];
  connect: () => void = () => undefined;
  disconnect: () => void = () => undefined;
  snapshot: (snapshot: RoomSnapshot) => void = () => undefined;
  event: (event: LiveEvent) => void = () => undefined;
  prices: (prices: Prices) => void = () => undefined;
  answer: (answer: JoinAnswer) => void = () => undefined;

  onConnect(listener: () => void) {
    this.connect = listener;
  }
  onDisconnect(listener: () => void) {
    this.disconnect = listener;
  }
  onSnapshot(listener: (snapshot: RoomSnapshot) => void) {
    this.snapshot = listener;
  }
  onEvent(listener: (event: LiveEvent) => void) {
    this.event = listener;
  }
  onPrices(listener: (prices: Prices) => void) {
    this.prices = listener;
  }
  join(room: string, lastSeq: number | null): Promise<JoinAnswer> {
    this.joins.push({ room, lastSeq });
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }
  leave(room: string) {
    this.left.push(room);
  }
  reopen() {
    this.disconnect();
    this.connect();
  }
  close() {
    this.disconnect();
  }
}

function started() {
  const socket = new FakeSocket();
  const seen: number[] = [];
  const snapshots: number[] = [];
  const returns: string[] = [];
  const client = new LiveClient(socket, {
    event: ({ seq }) => seen.push(seq),
    snapshot: ({ seq }) => snapshots.push(seq),
    prices: () => undefined,
    reconnected: () => returns.push('back'),
  });
  return { socket, client, seen, snapshots, returns };
}

const answered = async (socket: FakeSocket, answer: JoinAnswer) => {
  socket.answer(answer);
  await vi.advanceTimersByTimeAsync(0);
};
const resumed = { ok: true, mode: 'resumed', seq: 9 } as const;
const arenaSnapshot = (seq: number): RoomSnapshot => ({
  room: 'arena',
  seq,
  state: { ...arenaOf({ seq }), equity: [] },
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('judgeEvent', () => {
  it.each([
    [{ seq: 5, isJoining: false }, 6, 'apply'],
    [{ seq: 5, isJoining: false }, 5, 'ignore'],
    [{ seq: 5, isJoining: false }, 8, 'rejoin'],
    [{ seq: 5, isJoining: true }, 6, 'apply'],
    [{ seq: 5, isJoining: true }, 8, 'ignore'],
    [{ seq: null, isJoining: true }, 1, 'ignore'],
  ] as const)('%o at %d: %s', (room, seq, verdict) => {
    expect(judgeEvent(room, seq)).toBe(verdict);
  });
});

describe('LiveClient', () => {
  it('joins with the last event it knows, once connected', () => {
    const { socket, client } = started();
    client.join('arena', 5);
    expect(socket.joins).toEqual([]);
    socket.connect();
    expect(socket.joins).toEqual([{ room: 'arena', lastSeq: 5 }]);
    expect(client.state()).toBe('live');
  });

  it('applies events in order and each once', async () => {
    const { socket, client, seen } = started();
    client.join('arena', 5);
    socket.connect();
    await answered(socket, resumed);
    for (const seq of [6, 7, 7, 6, 8]) socket.event(eventOf(seq, turnOf()));
    expect(seen).toEqual([6, 7, 8]);
  });

  it('joins again on a gap, once, and goes on from there', async () => {
    const { socket, client, seen } = started();
    client.join('arena', 5);
    socket.connect();
    await answered(socket, resumed);
    for (const seq of [6, 9, 10]) socket.event(eventOf(seq, turnOf()));
    expect(socket.joins).toEqual([
      { room: 'arena', lastSeq: 5 },
      { room: 'arena', lastSeq: 6 },
    ]);
    for (const seq of [7, 8, 9, 10]) socket.event(eventOf(seq, turnOf()));
    expect(seen).toEqual([6, 7, 8, 9, 10]);
  });

  it('resumes after a reconnect with what it reached', async () => {
    const { socket, client, seen, returns } = started();
    client.join('arena', 5);
    socket.connect();
    await answered(socket, resumed);
    socket.event(eventOf(6, turnOf()));
    expect(returns).toEqual([]);
    socket.disconnect();
    expect(client.state()).toBe('reconnecting');
    socket.connect();
    expect(socket.joins.at(-1)).toEqual({ room: 'arena', lastSeq: 6 });
    socket.event(eventOf(7, turnOf()));
    expect(seen).toEqual([6, 7]);
    expect(returns).toEqual(['back']);
  });

  it('takes a snapshot as the new beginning, even an older one', () => {
    const { socket, client, seen, snapshots } = started();
    client.join('arena', 500);
    socket.connect();
    socket.snapshot(arenaSnapshot(3));
    socket.event(eventOf(4, turnOf()));
    expect(snapshots).toEqual([3]);
    expect(seen).toEqual([4]);
    expect(client.seqOf('arena')).toBe(4);
  });

  it('asks again when no answer comes or the server is busy, but not for what does not exist', async () => {
    const { socket, client } = started();
    client.join('bot:x', null);
    socket.connect();
    await answered(socket, { ok: false, code: 'rate-limited', message: 'slow down' });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(socket.joins).toHaveLength(2);
    await answered(socket, { ok: false, code: 'not-found', message: 'no such bot' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.joins).toHaveLength(2);
  });

  it('ignores rooms it has left', async () => {
    const { socket, client, seen } = started();
    const leave = client.join('arena', 5);
    socket.connect();
    await answered(socket, resumed);
    leave();
    socket.event(eventOf(6, turnOf()));
    expect(seen).toEqual([]);
    expect(socket.left).toEqual(['arena']);
  });

  it('joins every room again as somebody else', async () => {
    const { socket, client } = started();
    client.join('user:u', null);
    socket.connect();
    await answered(socket, { ok: false, code: 'not-signed-in', message: 'log in first' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.joins).toHaveLength(1);
    client.reopen();
    expect(socket.joins).toHaveLength(2);
    expect(client.state()).toBe('live');
  });

  it('says offline when the server stays away', async () => {
    const { socket, client } = started();
    const states: string[] = [];
    client.subscribe(() => states.push(client.state()));
    socket.connect();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(25_000);
    socket.connect();
    expect(states).toEqual(['live', 'reconnecting', 'offline', 'live']);
  });
});
