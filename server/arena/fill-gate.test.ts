import { expect, it } from 'vitest';
import { FillGate, type FillMoment } from './fill-gate.ts';

function waiter(gate: FillGate, after: number) {
  const filled: FillMoment[] = [];
  const done = gate.wait(after, async (moment) => {
    filled.push(moment);
  });
  return { filled, done };
}

it('lets those fill who answered before the prices, and nobody twice', async () => {
  const gate = new FillGate();
  const [early, same, late] = [waiter(gate, 9), waiter(gate, 10), waiter(gate, 11)];
  await gate.release({ at: 10, isOpen: true });
  expect([early.filled, same.filled, late.filled]).toEqual([[{ at: 10, isOpen: true }], [], []]);
  await early.done;
  await gate.release({ at: 12, isOpen: true });
  expect([early.filled.length, same.filled, late.filled]).toEqual([
    1,
    [{ at: 12, isOpen: true }],
    [{ at: 12, isOpen: true }],
  ]);
});

it('waits until those it released have filled', async () => {
  const gate = new FillGate();
  let isDone = false;
  void gate.wait(0, async () => {
    await Promise.resolve();
    isDone = true;
  });
  await gate.release({ at: 1, isOpen: true });
  expect(isDone).toBe(true);
});

it("tells a failed fill to its turn and to nobody else's", async () => {
  const gate = new FillGate();
  const failing = gate
    .wait(0, () => Promise.reject(new Error('disk full')))
    .catch((error: unknown) => (error instanceof Error ? error.message : error));
  const other = waiter(gate, 0);
  await gate.release({ at: 1, isOpen: true });
  expect(await failing).toBe('disk full');
  expect(other.filled).toHaveLength(1);
});

it('tells everyone that a closed market has no more prices', async () => {
  const gate = new FillGate();
  const before = waiter(gate, 99);
  await gate.close(50);
  const after = waiter(gate, 99);
  await Promise.all([before.done, after.done]);
  expect([...before.filled, ...after.filled]).toEqual([
    { at: 50, isOpen: false },
    { at: 50, isOpen: false },
  ]);
});

it('abandons those who wait without filling', async () => {
  const gate = new FillGate();
  const { filled, done } = waiter(gate, 0);
  gate.abandon();
  await done;
  await gate.release({ at: 1, isOpen: true });
  expect(filled).toEqual([]);
});
