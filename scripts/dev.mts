/** The server and the page, both reloading as their sources change. Ctrl-C stops both. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createServer } from 'vite';

const ROOT = path.join(import.meta.dirname, '..');

if (existsSync('.env')) process.loadEnvFile('.env');
// Where the page's development server sends /api and /socket.io.
process.env['ARENA_PORT'] ??= process.env['PORT'] || '3000';

const page = await createServer({ root: path.join(ROOT, 'client'), logLevel: 'warn' });
await page.listen();

const server = spawn(process.execPath, ['--watch', path.join(ROOT, 'server', 'main.ts')], {
  stdio: 'inherit',
  // A terminal sends Ctrl-C to the whole group; the server must hear of it once, from here.
  detached: process.platform !== 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill('SIGTERM'));
console.log(`The page, reloading: ${page.resolvedUrls?.local[0] ?? 'no address'}`);

await once(server, 'exit');
await page.close();
