/** Builds the page when there is none or when it is older than its sources; says nothing when it is fresh. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const HASH_FILE = path.join(ROOT, 'client', 'dist', '.source-hash');

/** Everything the page is made of. Times say nothing after a clone or a switch of branches, contents do. */
function hashSources(): string {
  const files = globSync(['client/**', 'server/contract/**', 'package-lock.json'], {
    cwd: ROOT,
    exclude: ['client/dist', 'client/dist/**'],
  });
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const full = path.join(ROOT, file);
    if (!statSync(full).isFile()) continue;
    hash.update(`${file}\0`).update(readFileSync(full)).update('\0');
  }
  return hash.digest('hex');
}

function builtHash(): string | null {
  try {
    return readFileSync(HASH_FILE, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const wanted = hashSources();
if (builtHash() !== wanted) {
  console.log('Building the page …');
  try {
    // Loaded only when needed: it takes longer than everything else here.
    const { build } = await import('vite');
    await build({ root: path.join(ROOT, 'client'), logLevel: 'warn' });
    writeFileSync(HASH_FILE, wanted);
  } catch (error) {
    console.error(`The page could not be built: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
