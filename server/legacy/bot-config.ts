import type { Tally } from './tally.ts';
import { cut, flagOf, jsonOf, textOf, timeOf, type Fields } from './values.ts';

const LONGEST_NAME = 64;
const LARGEST_AVATAR = 64 * 1024;

/** What a bot is set up as, from its row, its part of the state, or both: the row wins. */
export interface BotConfig {
  readonly name: string;
  readonly prompt: string;
  readonly mode: 'paper' | 'live';
  readonly isActive: boolean;
  readonly historySummary: string | null;
  readonly tradingSymbols: string | null;
  readonly avatar: string | null;
  readonly createdAt: number | undefined;
  /** Why it must not trade; null = it was trading. */
  readonly pauseReason: string | null;
}

/** @param fields the bot's row and state in one, by either's names. */
export function readBotConfig(fields: Fields, { path, tally }: { path: string; tally: Tally }): BotConfig {
  const aside = (name: string, value: unknown, reason: string) =>
    tally.setAside(`${path}.${name}`, value, reason);
  const given =
    textOf(fields.name)
      ?.replaceAll(/\p{Cc}/gu, '')
      .trim() ?? '';
  const name = cut(given, LONGEST_NAME);
  if (given === '') aside('name', fields.name, 'not a name');
  else if (name !== fields.name)
    aside('name', fields.name, `more than ${LONGEST_NAME} plain characters: the bot has the first of them`);
  const prompt = textOf(fields.prompt);
  if (prompt === undefined) aside('prompt', fields.prompt, 'not a prompt');
  const modes = [fields.trading_mode, fields.tradingMode].filter(
    (value) => value !== null && value !== undefined,
  );
  const mode = modes.some((value) => readMode(value) === 'live') ? 'live' : readMode(modes[0] ?? 'paper');
  if (mode === undefined) aside('tradingMode', fields.trading_mode ?? fields.tradingMode, 'an unknown mode');
  const flags = [fields.is_paused, fields.isPaused].filter((value) => value !== null && value !== undefined);
  const isPaused =
    flags.some((value) => flagOf(value) === true) ||
    (flags.every((value) => flagOf(value) === false) ? false : undefined);
  if (isPaused === undefined) aside('isPaused', fields.is_paused ?? fields.isPaused, 'neither yes nor no');
  const isActive = flagOf(fields.is_active ?? 1);
  if (isActive === undefined) aside('is_active', fields.is_active, 'neither yes nor no: it is switched off');
  const createdAt = timeOf(fields.created_at);
  if (createdAt === undefined) aside('created_at', fields.created_at, 'not a time');
  return {
    name,
    prompt: prompt ?? '',
    mode: mode ?? 'paper',
    isActive: isActive ?? false,
    historySummary: summaryOf(fields.history_summary),
    tradingSymbols: readSymbols(fields.trading_symbols ?? fields.tradingSymbols, aside),
    avatar: readAvatar(fields.avatar_image ?? fields.avatarUrl, aside),
    createdAt,
    pauseReason: pauseReasonOf(mode, isPaused),
  };
}

function pauseReasonOf(mode: 'paper' | 'live' | undefined, isPaused: boolean | undefined): string | null {
  if (mode === 'live')
    return 'it traded with real money on the old server; live trading is switched off here';
  if (mode === undefined || isPaused === undefined)
    return 'the old server’s settings of this bot could not be read whole; check them and resume it';
  return isPaused ? 'it was paused on the old server' : null;
}

function readMode(value: unknown): 'paper' | 'live' | undefined {
  if (value === 'paper') return 'paper';
  return value === 'real' || value === 'live' ? 'live' : undefined;
}

function summaryOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return textOf(value) ?? jsonOf(value);
}

type Aside = (name: string, value: unknown, reason: string) => void;

function readSymbols(value: unknown, aside: Aside): string | null {
  if (value === null || value === undefined || value === '' || value === '[]') return null;
  const list = typeof value === 'string' ? parseList(value) : value;
  const isList =
    Array.isArray(list) &&
    list.length > 0 &&
    list.every((symbol) => typeof symbol === 'string' && /^[A-Z0-9]{2,30}$/.test(symbol));
  if (isList) return JSON.stringify([...new Set(list as string[])]);
  aside('tradingSymbols', value, 'not a list of symbols: the bot may trade all');
  return null;
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text.split(',').map((symbol) => symbol.trim());
  }
}

function readAvatar(value: unknown, aside: Aside): string | null {
  if (value === null || value === undefined || value === '') return null;
  const isImage =
    typeof value === 'string' &&
    value.length <= LARGEST_AVATAR &&
    /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/.test(value);
  if (isImage) return value;
  aside('avatarUrl', value, 'not an embedded PNG, JPEG or WebP picture of at most 64 KiB');
  return null;
}
