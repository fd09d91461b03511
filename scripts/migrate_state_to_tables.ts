// Plain JavaScript, so that any Node runs it: one that knows TypeScript goes on itself, an older one starts the
// project's own.
if (process.features.typescript) {
  void import('./migrate-legacy.mts').then(async (script) => {
    process.exitCode = await script.main(process.argv.slice(2));
  });
} else {
  const { spawnSync } = require('node:child_process');
  const path = require('node:path');
  const node = path.join(__dirname, '..', 'node_modules', '.bin', 'node');
  const { error, status } = spawnSync(node, process.argv.slice(1), {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error('Run `npm ci` first.');
  process.exitCode = error ? 1 : (status ?? 1);
}
