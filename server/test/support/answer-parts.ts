import type { Random } from '../../llm/providers/house/seeded-random.ts';
import { pick, upTo, type Node } from './answer-text.ts';
import { OPEN_IDS, OTHER_IDS } from './answer-trial.ts';

type Entry = readonly [string, Node];

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT', 'EUSDT', 'FUSDT'] as const;
const PRICES: Readonly<Record<string, number>> = {
  AUSDT: 50_000,
  BUSDT: 2500,
  CUSDT: 0.51337,
  DUSDT: 37.5,
  EUSDT: 1.2,
  FUSDT: 100_000,
};
const REASONS = [
  'trend is up',
  "it's quiet",
  'RSI 30 → 45, “oversold”',
  '顺势，做多：1',
  '🚀 {"action":"LONG"}',
  '',
] as const;

/** What stands where a number should. */
const WILD_VALUES =
  `NaN Infinity -Infinity -0 0 -1 1e308 -1e308 1e999 5e-324 1e-7 0.001 1e12 999999999 1000000001
  0x10 0b1 007 +5 .5 5. 5e 1_000 1,250 "250" "3x" "NaN" "" "１" ２５０ ９．９e９ [250] [] {} {"value":5} [[[[]]]] null None
  undefined true True "null" 9007199254740993 123456789012345678901234567890 0.1 2.5 -5 １２３ "\\ud800" "\\u0000" abc`.split(
    /\s+/,
  );
const WILD_SYMBOLS = [
  'aUSDT',
  'NOUSDT',
  'GUSDT',
  'AUSDT ',
  'AUSDT\u0000',
  '__proto__',
  'constructor',
  'ＡUSDT',
  '',
  '*',
  'AUSDT,BUSDT',
  'A'.repeat(60),
  '\ud800',
  '../../etc',
] as const;
const WILD_ACTIONS = [
  'long',
  'BUY',
  'CLOSE_ALL',
  '',
  'LONG ',
  '__proto__',
  'ＬＯＮＧ',
  'HOLD;LONG',
  'ADJUST\n',
] as const;
const WILD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'Size',
  'SIZE',
  'stop_loss',
  'botId',
  'userId',
  'cashMicros',
] as const;
const FIELDS = ['size', 'leverage', 'stopLoss', 'takeProfit', 'closeFraction', 'confidence'] as const;

/** A decision of the right shape; whether it can be done is another matter. */
export function goodDecision(random: Random): Entry[] {
  const symbol = pick(random, SYMBOLS);
  const price = PRICES[symbol] ?? 1;
  const level = (): Node =>
    pick(random, [null, round(price * (0.8 + random() * 0.4)), round(price * 0.9), round(price * 1.1)]);
  const reason: Entry[] = random() < 0.5 ? [['reasoning', pick(random, REASONS)]] : [];
  const confidence: Entry[] = random() < 0.5 ? [['confidence', round(random())]] : [];
  const target: Entry[] = random() < 0.6 ? [['symbol', symbol]] : [];
  const id = pick(random, [...OPEN_IDS, ...OPEN_IDS, ...OTHER_IDS.filter((text) => text !== '')]);
  switch (pick(random, ['LONG', 'SHORT', 'LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD'])) {
    case 'CLOSE':
      return [
        ['action', 'CLOSE'],
        ...(target.length > 0 ? target : ([['closePositionId', id]] as const)),
        ['closeFraction', round(0.05 + random() * 0.9)],
        ...reason,
      ];
    case 'ADJUST':
      return [
        ['action', 'ADJUST'],
        ...(target.length > 0 ? target : ([['positionId', id]] as const)),
        [pick(random, ['stopLoss', 'takeProfit']), level()],
        ...reason,
      ];
    case 'HOLD':
      return [['action', 'HOLD'], ...target, ...confidence, ...reason];
    case 'LONG':
      return [['action', 'LONG'], ...order(random, symbol), ['stopLoss', level()], ...confidence, ...reason];
    default:
      return [['action', 'SHORT'], ...order(random, symbol), ['takeProfit', level()], ...reason];
  }
}

function order(random: Random, symbol: string): Entry[] {
  return [
    ['symbol', symbol],
    ['size', pick(random, [50, 250, 1000, 9000, 12_345.678901, round(random() * 5000 + 1)])],
    ['leverage', 1 + upTo(random, pick(random, [4, 20, 300]))],
  ];
}

export function goodDecisions(random: Random): Node[] {
  return Array.from({ length: 1 + upTo(random, 4) }, () => ({ fields: goodDecision(random) }));
}

/** A decision with one to three things wrong. */
export function wildDecision(random: Random): Node {
  const entries = goodDecision(random);
  for (let faults = 1 + upTo(random, 2); faults > 0; faults -= 1) spoil(entries, random);
  return { fields: entries };
}

function spoil(entries: Entry[], random: Random): void {
  const value = { raw: pick(random, WILD_VALUES) };
  switch (upTo(random, 6)) {
    case 0:
      return set(entries, 'symbol', pick(random, WILD_SYMBOLS));
    case 1:
      return set(
        entries,
        pick(random, ['positionId', 'closePositionId']),
        pick(random, [...OTHER_IDS, '\ud800', 'x'.repeat(200)]),
      );
    case 2:
      return set(entries, 'action', pick(random, [...WILD_ACTIONS, 'CLOSE', 'ADJUST']));
    case 3:
      return void entries.push([
        pick(random, WILD_KEYS),
        pick<Node>(random, [value, { fields: goodDecision(random) }]),
      ]);
    case 4:
      return void entries.splice(upTo(random, entries.length - 1), 1);
    default:
      return set(entries, pick(random, FIELDS), value);
  }
}

function set(entries: Entry[], key: string, value: Node): void {
  const at = entries.findIndex(([name]) => name === key);
  if (at < 0) entries.push([key, value]);
  else entries[at] = [key, value];
}

/** The same twice, both ways at once, closed twice, closed and opened again. */
export function contradictions(random: Random): Node[] {
  const symbol = pick(random, SYMBOLS);
  const buy: Entry[] = [['action', 'LONG'], ...order(random, symbol)];
  const sell: Entry[] = [['action', 'SHORT'], ...order(random, symbol)];
  const close: Entry[] = [
    ['action', 'CLOSE'],
    ['symbol', symbol],
  ];
  const byId: Entry[] = [
    ['action', 'CLOSE'],
    ['closePositionId', pick(random, OPEN_IDS)],
  ];
  const both: Entry[] = [...byId, ['symbol', symbol], ['positionId', pick(random, OTHER_IDS)]];
  return Array.from({ length: 2 + upTo(random, 6) }, () => ({
    fields: pick(random, [buy, sell, close, byId, both]),
  }));
}

/** Keeps what JSON prints short. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
