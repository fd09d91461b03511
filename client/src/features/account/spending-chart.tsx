import type { ModelUsage } from '../../api/contract.ts';
import { count, smallMoney } from '../../ui/format.ts';
import { spendingText } from '../../ui/messages/spending.ts';
import { exactDay } from '../../ui/time.ts';
import { daysOf, measureOf } from './spending-rows.ts';

const text = spendingText;
const HEIGHT = 96;
/** Of the room of a day, the rest is between bars. */
const BAR = 0.8;

/** A bar a day. */
export function SpendingChart({ usage }: { usage: ModelUsage }) {
  const days = daysOf(usage);
  const measure = measureOf(usage.total);
  const hasCost = usage.total.cost > 0;
  const most = Math.max(...days.map(({ item }) => (item ? measure(item) : 0)));
  const [from, to] = [exactDay(usage.from), exactDay(usage.to)];
  const summary = hasCost ? text.chart(from, to, smallMoney(usage.total.cost)) : text.chartTokens(from, to);
  return (
    <figure aria-label={summary} className="px-4 pb-4">
      <figcaption className="mb-1 flex justify-between text-xs text-muted">
        <span>{hasCost ? text.perDay : text.tokensPerDay}</span>
        <span className="nums">{text.most(hasCost ? smallMoney(most) : count(most))}</span>
      </figcaption>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${days.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-24 w-full border-b border-line"
      >
        {days.map(({ at, item }, index) => {
          const height = item && most > 0 ? Math.max(1, (measure(item) / most) * HEIGHT) : 0;
          return (
            <rect
              key={at}
              x={index + (1 - BAR) / 2}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              className="fill-accent"
            />
          );
        })}
      </svg>
      <div aria-hidden="true" className="mt-1 flex justify-between text-xs text-muted">
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </figure>
  );
}
