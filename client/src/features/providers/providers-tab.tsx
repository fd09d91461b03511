import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { call } from '../../api/call.ts';
import type { ProviderView } from '../../api/contract.ts';
import { ownKeys, presetsQuery, providersQuery } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { DeleteDialog } from '../../ui/delete-dialog.tsx';
import { providersText } from '../../ui/messages/providers.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useListDialogs } from '../../ui/use-list-dialogs.ts';
import { strategyTitle } from '../own/bot-form-values.ts';
import { ProviderDialog } from './provider-dialog.tsx';
import { ProvidersTable } from './providers-table.tsx';

const text = providersText;

export function ProvidersTab() {
  const { data, error, refetch } = useQuery(providersQuery);
  const { data: presets = [] } = useQuery(presetsQuery);
  const { edited, deleted, isEditing, ...dialogs } = useListDialogs<ProviderView>();
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={4} />;
  const own = data.filter(({ isBuiltIn }) => !isBuiltIn);
  const add = (
    <Button variant="solid" onClick={dialogs.add}>
      <Plus aria-hidden="true" /> {text.add}
    </Button>
  );
  return (
    <>
      {own.length === 0 ? (
        <EmptyState text={text.empty} className="border-b border-line">
          {add}
        </EmptyState>
      ) : (
        <>
          <div className="flex justify-end p-3">{add}</div>
          <ProvidersTable providers={own} presets={presets} onEdit={dialogs.edit} onDelete={dialogs.remove} />
        </>
      )}
      <BuiltIn strategies={data.filter(({ isBuiltIn }) => isBuiltIn)} />
      <ProviderDialog provider={edited} isOpen={isEditing} onClose={dialogs.close} />
      {deleted && (
        <DeleteDialog
          title={text.deleteTitle(deleted.name)}
          lead={text.deleteLead}
          done={text.deleted(deleted.name)}
          listKey={ownKeys.providers}
          send={() => call('deleteProvider', { params: { id: deleted.id } })}
          onClose={dialogs.close}
        />
      )}
    </>
  );
}

function BuiltIn({ strategies }: { strategies: readonly ProviderView[] }) {
  return (
    <section className="p-4">
      <h2 className="text-sm font-semibold">{text.builtIn}</h2>
      <p className="text-sm text-muted">{text.builtInLead}</p>
      <dl className="mt-3 grid gap-x-8 gap-y-3 sm:grid-cols-2">
        {strategies.map(({ id, name, description }) => (
          <div key={id}>
            <dt className="text-sm font-medium">{strategyTitle(name)}</dt>
            <dd className="text-xs text-muted">{description}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
