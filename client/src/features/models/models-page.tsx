import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { modelsQuery } from '../../api/queries.ts';
import { MODEL_PERIODS } from '../../routes/search.ts';
import { modelsText } from '../../ui/messages/models.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { findModels } from './model-rows.ts';
import { ModelsTable } from './models-table.tsx';

const route = getRouteApi('/models');
const text = modelsText;
const DAYS = { day: 1, week: 7, month: 30, quarter: 90 } as const;
const PERIODS = MODEL_PERIODS.map((value) => ({ value, label: text.periods[value] }));

/** How reliably each model decides. */
export function ModelsPage() {
  const { period, q } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const { data, error, refetch, isPlaceholderData } = useQuery(modelsQuery(DAYS[period]));
  const found = data && findModels(data, q.trim());
  return (
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <SearchField
          label={text.search}
          value={q}
          onChange={(next) => change({ q: next })}
          className="w-full sm:w-64"
        />
        <Segmented
          label={text.period}
          options={PERIODS}
          value={period}
          onChange={(next) => change({ period: next })}
        />
      </PageHeader>
      <Panel aria-busy={isPlaceholderData} className="transition-opacity aria-busy:opacity-60">
        {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows count={8} />}
        {found?.length === 0 && <EmptyState text={data?.length === 0 ? text.empty : text.noMatch} />}
        {found && found.length > 0 && <ModelsTable models={found} />}
      </Panel>
      <p className="mt-2 text-xs text-muted">
        {text.note}{' '}
        <Link to="/leaderboard" className="text-accent hover:underline">
          {text.board}
        </Link>
      </p>
    </>
  );
}
