import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ModelUsage } from '../../api/contract.ts';
import { spendingQuery, type ModelUsageBy } from '../../api/own-queries.ts';
import type { SPENDING_PERIODS } from '../../routes/search.ts';
import { Button } from '../../ui/button.tsx';
import { downloadText } from '../../ui/download.ts';
import { Fact } from '../../ui/fact.tsx';
import { count, smallMoney } from '../../ui/format.ts';
import { spendingText } from '../../ui/messages/spending.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toCsv } from '../arena/equity-data.ts';
import { BudgetPart } from './budget-part.tsx';
import { SpendingChart } from './spending-chart.tsx';
import { costOf, rowsOf } from './spending-rows.ts';
import { labelOf, SpendingTable } from './spending-table.tsx';

const text = spendingText;
type Period = (typeof SPENDING_PERIODS)[number];
const DAYS: Record<Period, number> = { week: 7, month: 30, quarter: 90, year: 365 };
const PERIODS = (['week', 'month', 'quarter', 'year'] as const).map((value) => ({
  value,
  label: text.periods[value],
}));
const BY = (['day', 'bot', 'model', 'purpose'] as const).map((value) => ({
  value,
  label: text.byWhat[value],
}));

interface Choice {
  readonly period: Period;
  readonly by: ModelUsageBy;
}
interface SpendingTabProps extends Choice {
  readonly onChange: (part: Partial<Choice>) => void;
}

/** What one's models may cost a day, and what they have cost. */
export function SpendingTab({ period, by, onChange }: SpendingTabProps) {
  const { data, error, refetch, isPlaceholderData } = useQuery(spendingQuery(DAYS[period], by));
  return (
    <>
      <BudgetPart />
      <section className="border-t border-line pt-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4">
          <p className="mr-auto text-sm text-muted">{text.lead}</p>
          <Segmented
            label={text.period}
            options={PERIODS}
            value={period}
            onChange={(next) => onChange({ period: next })}
          />
          <Segmented label={text.by} options={BY} value={by} onChange={(next) => onChange({ by: next })} />
        </div>
        {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows count={6} className="mt-4" />}
        {data && (
          <div aria-busy={isPlaceholderData} className="transition-opacity aria-busy:opacity-60">
            <Spent usage={data} by={by} />
          </div>
        )}
      </section>
    </>
  );
}

function Spent({ usage, by }: { usage: ModelUsage; by: ModelUsageBy }) {
  const { total } = usage;
  if (total.calls === 0) return <EmptyState text={text.empty} />;
  return (
    <>
      <div className="flex flex-wrap items-end gap-x-8 gap-y-2 p-4">
        <dl className="mr-auto flex flex-wrap gap-x-8 gap-y-2">
          <Fact label={text.cost}>{smallMoney(costOf(total))}</Fact>
          <Fact label={text.calls}>{count(total.calls)}</Fact>
          <Fact label={text.tokensIn}>{count(total.tokensIn)}</Fact>
          <Fact label={text.tokensCached}>{count(total.tokensCached)}</Fact>
          <Fact label={text.tokensOut}>{count(total.tokensOut)}</Fact>
          {total.unpricedCalls > 0 && (
            <Fact label={text.unpriced} hint={text.unpricedHint}>
              <span className="text-warn">{count(total.unpricedCalls)}</span>
            </Fact>
          )}
        </dl>
        <Button variant="ghost" onClick={() => downloadUsage(usage, by)}>
          <Download aria-hidden="true" /> {text.export}
        </Button>
      </div>
      {by === 'day' && <SpendingChart usage={usage} />}
      <SpendingTable usage={usage} by={by} />
    </>
  );
}

function downloadUsage(usage: ModelUsage, by: ModelUsageBy): void {
  const header = [
    text.byWhat[by],
    `${text.cost} USD`,
    text.calls,
    text.unpriced,
    text.tokensIn,
    text.tokensCached,
    text.tokensOut,
  ];
  const rows = rowsOf(usage, by === 'day').map((item) => [
    labelOf(item, by),
    costOf(item),
    item.calls,
    item.unpricedCalls,
    item.tokensIn,
    item.tokensCached,
    item.tokensOut,
  ]);
  downloadText(text.fileName(by), `${toCsv(header, rows)}\r\n`);
}
