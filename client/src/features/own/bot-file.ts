import type { BotFile } from '../../api/contract.ts';

/** What an exported file holds; null for any other file. Its fields are the server's to judge. */
export function parseBotFile(text: string): BotFile | null {
  try {
    const value: unknown = JSON.parse(text);
    return isBotFile(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isBotFile(value: unknown): value is BotFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 'arena-bot' &&
    'name' in value &&
    typeof value.name === 'string'
  );
}
