import { expect, it } from 'vitest';
import { parseBotFile } from './bot-file.ts';

it('knows an exported bot from any other file', () => {
  const file = { format: 'arena-bot', version: 1, name: 'A', strategy: 'momentum' };
  expect(parseBotFile(JSON.stringify(file))).toEqual(file);
  for (const other of ['', 'null', '[]', '{"format":"other"}', '{"format":"arena-bot"}', 'PK\u0003'])
    expect(parseBotFile(other)).toBeNull();
});
