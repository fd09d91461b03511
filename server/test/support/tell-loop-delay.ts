import { monitorEventLoopDelay } from 'node:perf_hooks';

// Imported before a server, it tells on SIGUSR2 how late the event loop was since it was asked before: half of the time, and at most but for 1 %.
const MILLISECOND = 1e6;

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on('SIGUSR2', () => {
  const told = [50, 99].map((percent) => delay.percentile(percent) / MILLISECOND);
  process.stderr.write(`loop delay ${told.join(' ')} ms\n`);
  delay.reset();
});
