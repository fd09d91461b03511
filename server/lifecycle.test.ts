import { expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

it('stops what was started last first, each after the one before has ended', async () => {
  const lifecycle = new Lifecycle();
  const log: string[] = [];
  for (const name of ['database', 'jobs', 'server'])
    lifecycle.defer(name, async () => {
      log.push(`stopping ${name}`);
      await Promise.resolve();
      log.push(`stopped ${name}`);
    });
  await lifecycle.stop();
  expect(log).toEqual([
    'stopping server',
    'stopped server',
    'stopping jobs',
    'stopped jobs',
    'stopping database',
    'stopped database',
  ]);
});

it('stops once, however often it is asked', async () => {
  const lifecycle = new Lifecycle();
  let stops = 0;
  lifecycle.defer('jobs', () => {
    stops += 1;
  });
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  await lifecycle.stop();
  expect(stops).toBe(1);
});

it('goes on after a failure and reports all of them', async () => {
  const lifecycle = new Lifecycle();
  let isClosed = false;
  lifecycle.defer('database', () => {
    isClosed = true;
  });
  const failures = { jobs: new Error('stuck'), server: new Error('in use') };
  lifecycle.defer('jobs', () => Promise.reject(failures.jobs));
  lifecycle.defer('server', () => {
    throw failures.server;
  });
  const error = await lifecycle.stop().catch((thrown: unknown) => thrown);
  expect(isClosed).toBe(true);
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).errors).toEqual([
    new Error('could not stop server', { cause: failures.server }),
    new Error('could not stop jobs', { cause: failures.jobs }),
  ]);
});

it('has nothing to do when nothing was started', async () => {
  await expect(new Lifecycle().stop()).resolves.toBeUndefined();
});
