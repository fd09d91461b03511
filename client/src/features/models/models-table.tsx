import { useState } from 'react';
import type { ModelReliability } from '../../api/contract.ts';
import { cn } from '../../ui/cn.ts';
import { count, duration, share } from '../../ui/format.ts';
import { modelsText } from '../../ui/messages/models.ts';
import { ScrollNote, SortableTh, Table, Td, type Sorting } from '../../ui/table.tsx';
import { hasFewTurns, partOf, sortModels, type Column, type Part, type Share } from './model-rows.ts';

const text = modelsText;
const SHARES = ['accepted', 'unparseable', 'refused', 'unknownSymbol', 'clamped', 'timedOut'] as const;
const COLUMNS = [...SHARES, 'p50', 'p95', 'decisions', 'turns', 'bots'] as const satisfies readonly Column[];

export function ModelsTable({ models }: { models: readonly ModelReliability[] }) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ column: 'turns', isDescending: true });
  const sortBy = (column: Column) =>
    setSorting((before) => ({
      column,
      isDescending: before.column === column ? !before.isDescending : column !== 'model',
    }));
  return (
    <>
      <Table label={text.title}>
        <thead>
          <tr>
            <SortableTh
              column="model"
              label={text.columns.model}
              sorting={sorting}
              onSort={sortBy}
              className="sticky left-0 bg-surface pl-4"
            />
            {COLUMNS.map((column) => (
              <SortableTh
                key={column}
                column={column}
                label={text.columns[column]}
                hint={text.hints[column]}
                sorting={sorting}
                onSort={sortBy}
                className="text-right last:pr-4"
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortModels(models, sorting.column, sorting.isDescending).map((model) => (
            <ModelRow key={`${model.providerType} ${model.model}`} model={model} />
          ))}
        </tbody>
      </Table>
      <ScrollNote />
    </>
  );
}

function ModelRow({ model }: { model: ModelReliability }) {
  return (
    <tr className="group hover:bg-hover">
      <Td className="sticky left-0 bg-surface pl-4 group-hover:bg-hover">
        <p className="max-w-40 truncate font-medium sm:max-w-64" title={model.model}>
          {model.model}
        </p>
        <p className="text-xs text-muted">
          {model.providerType}
          {hasFewTurns(model) && <span title={text.fewTurnsHint}> · {text.fewTurns}</span>}
        </p>
      </Td>
      {SHARES.map((column) => (
        <ShareCell key={column} column={column} part={partOf(model, column)} />
      ))}
      <Td className="nums text-right">{duration(model.latencyP50Ms)}</Td>
      <Td className="nums text-right">{duration(model.latencyP95Ms)}</Td>
      <Td className="nums text-right">{count(model.decisions)}</Td>
      <Td className="nums text-right">{count(model.turns)}</Td>
      <Td className="nums pr-4 text-right">{count(model.bots)}</Td>
    </tr>
  );
}

/** Everything but what was accepted is better the less there is of it. */
function ShareCell({ column, part }: { column: Share; part: Part }) {
  const isQuiet = column !== 'accepted' && part.count === 0;
  return (
    <Td
      title={text.of(count(part.count), count(part.whole))}
      className={cn('nums text-right', column === 'accepted' && 'font-medium', isQuiet && 'text-muted')}
    >
      {share(part.share === null ? null : Math.round(part.share * 1000) / 1000)}
    </Td>
  );
}
