import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { pricesQuery } from '../../api/admin-queries.ts';
import { call } from '../../api/call.ts';
import type { PresetView } from '../../api/contract.ts';
import { ownKeys, presetsQuery } from '../../api/own-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DeleteDialog } from '../../ui/delete-dialog.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { perMillion } from '../../ui/model-price.ts';
import { DeleteButton } from '../../ui/row-actions.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ScrollNote, Table, Td, Th } from '../../ui/table.tsx';
import { exactTime } from '../../ui/time.ts';
import { useWallNow } from '../../ui/wall-time.tsx';
import { PriceDialog } from './price-dialog.tsx';
import { stateOfPrice, type ArenaPrice } from './price-values.ts';

const text = adminText.prices;

/** Prices of models that were set here. */
export function PricesTab() {
  const { data, error, refetch } = useQuery(pricesQuery);
  const { data: presets = [] } = useQuery(presetsQuery);
  const [isAdding, setIsAdding] = useState(false);
  const [deleted, setDeleted] = useState<ArenaPrice | null>(null);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 p-4">
        <p className="mr-auto max-w-xl text-sm text-muted">{text.lead}</p>
        <Button variant="solid" onClick={() => setIsAdding(true)}>
          <Plus aria-hidden="true" /> {text.add}
        </Button>
      </div>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows count={4} />}
      {data?.length === 0 && <EmptyState text={text.empty} className="border-t border-line" />}
      {data && data.length > 0 && <PriceTable prices={data} presets={presets} onDelete={setDeleted} />}
      {isAdding && <PriceDialog presets={presets} onClose={() => setIsAdding(false)} />}
      {deleted && (
        <DeleteDialog
          title={text.deleteTitle(deleted.model)}
          lead={text.deleteLead}
          done={text.deleted(deleted.model)}
          listKey={ownKeys.prices}
          send={() => call('deleteModelPrice', { params: { id: deleted.id } })}
          onClose={() => setDeleted(null)}
        />
      )}
    </>
  );
}

interface PriceTableProps {
  readonly prices: readonly ArenaPrice[];
  readonly presets: readonly PresetView[];
  readonly onDelete: (price: ArenaPrice) => void;
}

function PriceTable({ prices, presets, onDelete }: PriceTableProps) {
  const now = useWallNow();
  const nameOf = (id: string) => presets.find((preset) => preset.id === id)?.name ?? id;
  return (
    <>
      <Table label={text.price} className="border-t border-line">
        <thead>
          <tr>
            <Th className="pl-4">{text.model}</Th>
            <Th>{text.preset}</Th>
            <Th className="text-right">{text.input}</Th>
            <Th className="text-right">{text.output}</Th>
            <Th className="text-right">{text.cached}</Th>
            <Th>{text.validFrom}</Th>
            <Th className="pr-4">
              <span className="sr-only">{text.actions}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {prices.map((row) => (
            <tr key={row.id} className="hover:bg-hover">
              <Td className="pl-4 font-medium">{row.model}</Td>
              <Td className="text-soft">{nameOf(row.preset)}</Td>
              <Td className="nums text-right">{perMillion(row.price.input)}</Td>
              <Td className="nums text-right">{perMillion(row.price.output)}</Td>
              <Td className="nums text-right text-muted">
                {row.price.cachedInput === null ? text.asInput : perMillion(row.price.cachedInput)}
              </Td>
              <Td className="nums">
                {exactTime(row.validFrom)} <StateBadge state={stateOfPrice(row, prices, now)} />
              </Td>
              <Td className="py-1 pr-4 text-right">
                <DeleteButton label={text.deleteOf(row.model)} onClick={() => onDelete(row)} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      <ScrollNote />
    </>
  );
}

function StateBadge({ state }: { state: ReturnType<typeof stateOfPrice> }) {
  if (state === 'holds') return null;
  return state === 'later' ? (
    <Badge tone="accent" hint={text.laterHint} className="ml-1">
      {text.later}
    </Badge>
  ) : (
    <Badge tone="outline" hint={text.pastHint} className="ml-1">
      {text.past}
    </Badge>
  );
}
