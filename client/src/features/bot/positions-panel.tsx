import type { BotDetail, PositionView } from '../../api/contract.ts';
import { useTick, useTickSizes } from '../../live/context.tsx';
import { priceKey } from '../../live/ticks.ts';
import { leverage, money, percent, price as priceText } from '../../ui/format.ts';
import { Pnl, Price } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Side } from '../arena/feed.tsx';
import { pnlAt, positionBar, type BarMark } from './position-bar.ts';
import { PositionActions } from './user-tools.tsx';

const text = messages.bot;

interface PositionsPanelProps {
  readonly bot: BotDetail;
  readonly onSymbol: (symbol: string) => void;
}

export function PositionsPanel({ bot, onSymbol }: PositionsPanelProps) {
  const positions = bot.openPositions;
  const isPrivate = positions.length === 0 && bot.openPositionCount > 0;
  return (
    <Panel aria-label={text.positions} className="flex flex-col lg:h-0 lg:min-h-full">
      <PanelHeader title={`${text.positions}${positions.length > 0 ? ` (${positions.length})` : ''}`} />
      {positions.length === 0 && (
        <EmptyState text={isPrivate ? text.privatePositions : text.noPositions} className="flex-1" />
      )}
      <ul className="min-h-0 divide-y divide-line overflow-y-auto lg:flex-1 border-t border-line empty:border-0">
        {positions.map((position) => (
          <PositionCard key={position.id} position={position} isOwn={bot.own !== null} onSymbol={onSymbol} />
        ))}
      </ul>
    </Panel>
  );
}

function PositionCard({
  position,
  isOwn,
  onSymbol,
}: {
  position: PositionView;
  isOwn: boolean;
  onSymbol: (symbol: string) => void;
}) {
  const mark = useTick(priceKey(position.symbol), position.markPrice);
  const tickSize = useTickSizes()(position.symbol);
  const pnl = mark === null ? position.unrealizedPnl : pnlAt(position, mark);
  const onMargin = position.margin > 0 ? pnl / position.margin : null;
  return (
    <li className="px-4 py-3">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-2">
        <button
          type="button"
          onClick={() => onSymbol(position.symbol)}
          className="justify-self-start font-semibold hover:text-accent"
        >
          {position.symbol}
        </button>
        <Pnl value={pnl} className="text-right font-semibold" />
        <span className="text-xs whitespace-nowrap text-muted">
          <Side side={position.side} /> {leverage(position.leverage)} ·{' '}
          <RelativeTime at={position.openedAt} />
        </span>
        <span className="nums text-right text-xs text-muted">{percent(onMargin)}</span>
      </div>
      <PositionBar position={position} mark={mark} tickSize={tickSize} />
      <p className="flex flex-wrap justify-between gap-x-3 text-xs text-muted">
        <span className="nums">
          {text.mark}{' '}
          {mark === null ? text.noPrice : <Price value={mark} tickSize={tickSize} className="text-soft" />}
        </span>
        <span className="nums">
          {text.margin} {money(position.margin)}
        </span>
        {position.stopLoss !== null && position.liquidationPrice !== null && (
          <span className="nums">
            {text.marks.liquidation} {priceText(position.liquidationPrice, tickSize)}
          </span>
        )}
      </p>
      {isOwn && <PositionActions position={position} />}
    </li>
  );
}

const MARK_COLORS: Record<BarMark['kind'], string> = {
  liquidation: 'bg-warn',
  stop: 'bg-loss',
  entry: 'bg-muted',
  mark: 'bg-text',
  target: 'bg-gain',
};
const MARK_NAMES: Record<BarMark['kind'], string> = {
  liquidation: text.liquidation,
  stop: text.stop,
  entry: text.entry,
  mark: text.mark,
  target: text.target,
};

interface PositionBarProps {
  readonly position: PositionView;
  readonly mark: number | null;
  readonly tickSize: number | null;
}

/** Loss on the left, gain on the right; the light knob is the price now. */
function PositionBar({ position, mark, tickSize }: PositionBarProps) {
  const marks = positionBar(position, mark);
  const entry = marks.find(({ kind }) => kind === 'entry')?.at ?? 0;
  const now = marks.find(({ kind }) => kind === 'mark')?.at ?? entry;
  const said = marks.map(({ kind, price }) => `${MARK_NAMES[kind]} ${priceText(price, tickSize)}`).join(', ');
  return (
    <figure aria-label={`${text.bar(position.symbol)}: ${said}`} className="my-2">
      <div aria-hidden="true" className="relative h-3">
        <div className="absolute inset-x-0 top-1 h-1 rounded-full bg-raised" />
        <div
          className={`absolute top-1 h-1 ${now >= entry ? 'bg-gain' : 'bg-loss'}`}
          style={{ left: `${Math.min(entry, now) * 100}%`, width: `${Math.abs(now - entry) * 100}%` }}
        />
        {marks.map(({ kind, at }) => (
          <span
            key={kind}
            className={`absolute ${MARK_COLORS[kind]} ${kind === 'mark' ? 'top-0 z-10 size-3 -translate-x-1/2 rounded-full border-2 border-surface' : 'top-0 h-3 w-0.5 -translate-x-1/2'}`}
            style={{ left: `${at * 100}%` }}
          />
        ))}
      </div>
      <BarLegend marks={marks} tickSize={tickSize} />
    </figure>
  );
}

function BarLegend({ marks, tickSize }: { marks: readonly BarMark[]; tickSize: number | null }) {
  const left = marks.find(({ kind }) => kind === 'stop' || kind === 'liquidation');
  const entry = marks.find(({ kind }) => kind === 'entry');
  const right = marks.find(({ kind }) => kind === 'target');
  return (
    <div className="mt-1 grid grid-cols-3 text-xs text-muted">
      {[left, entry, right].map((mark, index) => (
        <span key={index} className={['text-left', 'text-center', 'text-right'][index]}>
          {mark && (
            <>
              {MARK_NAMES[mark.kind]}{' '}
              <span className="nums text-soft">{priceText(mark.price, tickSize)}</span>
            </>
          )}
        </span>
      ))}
    </div>
  );
}
