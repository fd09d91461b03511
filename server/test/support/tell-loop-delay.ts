import { monitorEventLoopDelay } from 'node:perf_hooks';

// Imported before a server, it tells on SIGUSR2 how late the event loop was since it was asked before.
const MILLISECOND = 1e6;

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on('SIGUSR2', () => {
  const told = { p99Ms: delay.percentile(99) / MILLISECOND, maxMs: delay.max / MILLISECOND };
  process.stderr.write(`loop delay ${JSON.stringify(told)}\n`);
  delay.reset();
});
