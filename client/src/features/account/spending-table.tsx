import type { ModelUsage, Spending } from '../../api/contract.ts';
import type { ModelUsageBy } from '../../api/own-queries.ts';
import { count, share, smallMoney } from '../../ui/format.ts';
import { spendingText } from '../../ui/messages/spending.ts';
import { ScrollNote, Table, Td, Th } from '../../ui/table.tsx';
import { exactDay } from '../../ui/time.ts';
import { costOf, measureOf, rowsOf } from './spending-rows.ts';

const text = spendingText;
type Item = ModelUsage['items'][number];

export function labelOf({ key, label }: Item, by: ModelUsageBy): string {
  if (by === 'day') return exactDay(Date.parse(key));
  return by === 'purpose' ? (text.purposes[key] ?? label) : label;
}

export function SpendingTable({ usage, by }: { usage: ModelUsage; by: ModelUsageBy }) {
  const { total } = usage;
  const measure = measureOf(total);
  const whole = measure(total);
  // What has no price has no share in the cost.
  const partOf = (item: Item) =>
    whole === 0 || (total.cost > 0 && costOf(item) === null) ? null : measure(item) / whole;
  return (
    <>
      <Table label={text.byWhat[by]} className="border-t border-line">
        <thead>
          <tr>
            <Th className="sticky left-0 bg-surface pl-4">{text.byWhat[by]}</Th>
            <Th className="text-right">{text.cost}</Th>
            <Th>{text.share}</Th>
            <Th className="text-right">{text.calls}</Th>
            <Th className="text-right" title={text.unpricedHint}>
              {text.unpriced}
            </Th>
            <Th className="text-right">{text.tokensIn}</Th>
            <Th className="text-right">{text.tokensCached}</Th>
            <Th className="pr-4 text-right">{text.tokensOut}</Th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(usage, by === 'day').map((item) => (
            <tr key={item.key} className="group hover:bg-hover">
              <Td className="sticky left-0 max-w-40 truncate bg-surface pl-4 group-hover:bg-hover sm:max-w-72">
                <span title={item.key}>{labelOf(item, by)}</span>
              </Td>
              <Figures spending={item} part={partOf(item)} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <Td className="sticky left-0 bg-surface pl-4">{text.total}</Td>
            <Figures spending={total} part={null} />
          </tr>
        </tfoot>
      </Table>
      <ScrollNote />
    </>
  );
}

/** @param props.part of the whole; null = no bar. */
function Figures({ spending, part }: { spending: Spending; part: number | null }) {
  return (
    <>
      <Td className="nums text-right font-medium">{smallMoney(costOf(spending))}</Td>
      <Td>
        {part !== null && (
          <div className="flex items-center gap-2">
            <div aria-hidden="true" className="h-2 w-20 overflow-hidden rounded-full bg-raised">
              <div className="h-full rounded-full bg-accent" style={{ width: `${part * 100}%` }} />
            </div>
            <span className="nums text-xs text-muted">{share(Math.round(part * 100) / 100)}</span>
          </div>
        )}
      </Td>
      <Td className="nums text-right">{count(spending.calls)}</Td>
      <Td className={`nums text-right ${spending.unpricedCalls > 0 ? 'text-warn' : 'text-muted'}`}>
        {count(spending.unpricedCalls)}
      </Td>
      <Td className="nums text-right">{count(spending.tokensIn)}</Td>
      <Td className="nums text-right text-muted">{count(spending.tokensCached)}</Td>
      <Td className="nums pr-4 text-right">{count(spending.tokensOut)}</Td>
    </>
  );
}
