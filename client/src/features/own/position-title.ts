import type { PositionView } from '../../api/contract.ts';

/** `LONG BTCUSDT` */
export const titleOf = ({ side, symbol }: Pick<PositionView, 'side' | 'symbol'>): string =>
  `${side} ${symbol}`;
