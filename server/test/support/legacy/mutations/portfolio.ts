import { copy, drop, editText, set } from './damage.ts';
import { imported, quarantined, type LegacyMutation } from './mutation.ts';

const PORTFOLIO = 'bots/0/portfolio';
const BALANCE = `${PORTFOLIO}/balance`;
const POSITIONS = `${PORTFOLIO}/positions`;
const POSITION = `${POSITIONS}/0`;

/** A bot's money, its open positions, and what it keeps of its past besides orders and logs. */
export const PORTFOLIO_MUTATIONS: readonly LegacyMutation[] = [
  quarantined('balance missing', drop(BALANCE)),
  quarantined('balance null', set(BALANCE, null)),
  quarantined('balance the text NaN', set(BALANCE, 'NaN')),
  quarantined('balance the text 1000', set(BALANCE, '1000')),
  quarantined('balance negative', set(BALANCE, -250.5)),
  quarantined('balance 1e300', set(BALANCE, 1e300)),
  quarantined(
    'balance beyond doubles',
    editText((text) => text.replace(/"balance":[-\d.e]+/, '"balance":1e999')),
  ),
  quarantined('balance true', set(BALANCE, true)),
  imported('balance that does not add up', set(BALANCE, 4321.123456789)),
  imported('initialBalance missing', drop('bots/0/initialBalance')),
  imported('initialBalance null', set('bots/0/initialBalance', null)),
  imported('initialBalance 0', set('bots/0/initialBalance', 0)),
  quarantined('initialBalance negative', set('bots/0/initialBalance', -10_000)),
  quarantined('initialBalance a text', set('bots/0/initialBalance', 'ten thousand')),
  quarantined('portfolio missing', drop(PORTFOLIO)),
  quarantined('portfolio null', set(PORTFOLIO, null)),
  quarantined('portfolio an array', set(PORTFOLIO, [9000, []])),
  imported('totalValue and pnl missing', drop(`${PORTFOLIO}/totalValue`), drop(`${PORTFOLIO}/pnl`)),

  imported('positions null', set(POSITIONS, null)),
  imported('positions missing', drop(POSITIONS)),
  quarantined('positions an object', set(POSITIONS, { BTCUSDT: 'LONG' })),
  quarantined('positions a text', set(POSITIONS, 'two')),
  quarantined('a position null', set(POSITION, null)),
  quarantined('a position with a negative size', set(`${POSITION}/size`, -120)),
  quarantined('a position with a size of 1e308', set(`${POSITION}/size`, 1e308)),
  quarantined('a position without size', drop(`${POSITION}/size`)),
  quarantined('a position with an entry price of 0', set(`${POSITION}/entryPrice`, 0)),
  quarantined('a position with its entry price as text', set(`${POSITION}/entryPrice`, '2.45')),
  quarantined('a position with leverage 0', set(`${POSITION}/leverage`, 0)),
  quarantined('a position with leverage 5000', set(`${POSITION}/leverage`, 5000)),
  quarantined('a position of an unknown side', set(`${POSITION}/type`, 'BUY')),
  quarantined('a position without id', drop(`${POSITION}/id`)),
  quarantined('two positions of one id', copy(POSITION, `${POSITIONS}/-`, { symbol: 'UNIUSDT', size: 75 })),
  imported('one position id in two bots', copy(POSITION, 'bots/1/portfolio/positions/-', { size: 75 })),
  imported('two positions in one symbol', copy(POSITION, `${POSITIONS}/-`, { id: 'pos_twin', size: 75 })),
  quarantined('a position with symbol null', set(`${POSITION}/symbol`, null)),
  imported('a position in a symbol without a price', set(`${POSITION}/symbol`, 'GONEUSDT')),
  quarantined('a position with a stop in words', set(`${POSITION}/stopLoss`, 'none')),
  quarantined('a position with a target below zero', set(`${POSITION}/takeProfit`, -4)),
  imported('a position without levels', drop(`${POSITION}/stopLoss`), drop(`${POSITION}/takeProfit`)),

  imported('valueHistory null', set('bots/0/valueHistory', null)),
  quarantined('valueHistory a text', set('bots/0/valueHistory', 'up and down')),
  quarantined('valueHistory with a text as value', set('bots/0/valueHistory/2/value', '10,012.50')),
  quarantined('valueHistory with a text as time', set('bots/0/valueHistory/2/timestamp', 'noon')),
  quarantined('valueHistory with a value of 1e300', set('bots/0/valueHistory/2/value', 1e300)),
  imported('symbolCooldowns null', set('bots/0/symbolCooldowns', null)),
  quarantined('symbolCooldowns an array', set('bots/0/symbolCooldowns', ['BTCUSDT'])),
  quarantined('symbolCooldowns with an end in words', set('bots/0/symbolCooldowns/BTCUSDT', 'soon')),
  imported('symbolCooldowns long over', set('bots/0/symbolCooldowns', { BTCUSDT: 1_600_000_000_000 })),
];
