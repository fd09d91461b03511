import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const USAGE = `Usage: npm run test:legacy -- [--files n] [--kills n]

The long form of the tests of the move from the old server.
  --files  how many damaged files (500)
  --kills  how many times a move is killed on its way (200)
Exit code: 0 all passed, 1 some failed, 2 wrong arguments.`;

const options = readArguments(process.argv.slice(2));
if (options === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.env.LEGACY_FILES = options.files;
  process.env.LEGACY_KILLS = options.kills;
  const run = await startVitest('test', ['server/test/integration/legacy'], {
    watch: false,
    testTimeout: 3_600_000,
  });
  await run.close();
}

function readArguments(args: string[]): { files: string; kills: string } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { files: { type: 'string', default: '500' }, kills: { type: 'string', default: '200' } },
    });
    return [values.files, values.kills].every((value) => /^[1-9]\d*$/.test(value)) ? values : undefined;
  } catch {
    // Unknown options are the only thing parseArgs refuses here.
    return undefined;
  }
}
