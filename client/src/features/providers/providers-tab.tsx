import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { ProviderView } from '../../api/contract.ts';
import { ownKeys, providersQuery } from '../../api/own-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { notify } from '../../ui/notices.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { strategyTitle } from '../own/bot-form-values.ts';
import { ProviderDialog } from './provider-dialog.tsx';

const text = providersText;
type Shown =
  | { readonly what: 'edit' | 'delete'; readonly provider: ProviderView }
  | { readonly what: 'add' }
  | null;

export function ProvidersTab() {
  const { data, error, refetch } = useQuery(providersQuery);
  const [shown, setShown] = useState<Shown>(null);
  const close = () => setShown(null);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={4} />;
  const own = data.filter(({ isBuiltIn }) => !isBuiltIn);
  return (
    <>
      {own.length === 0 ? (
        <EmptyState text={text.empty}>
          <AddButton onClick={() => setShown({ what: 'add' })} />
        </EmptyState>
      ) : (
        <>
          <div className="flex justify-end p-3">
            <AddButton onClick={() => setShown({ what: 'add' })} />
          </div>
          <ul className="divide-y divide-line border-y border-line">
            {own.map((provider) => (
              <ProviderRow
                key={provider.id}
                provider={provider}
                onEdit={() => setShown({ what: 'edit', provider })}
                onDelete={() => setShown({ what: 'delete', provider })}
              />
            ))}
          </ul>
        </>
      )}
      <BuiltIn strategies={data.filter(({ isBuiltIn }) => isBuiltIn)} />
      <ProviderDialog
        provider={shown?.what === 'edit' ? shown.provider : null}
        isOpen={shown?.what === 'edit' || shown?.what === 'add'}
        onClose={close}
      />
      {shown?.what === 'delete' && <DeleteProvider provider={shown.provider} onClose={close} />}
    </>
  );
}

function AddButton({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="solid" onClick={onClick}>
      <Plus aria-hidden="true" /> {text.add}
    </Button>
  );
}

interface ProviderRowProps {
  readonly provider: ProviderView;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

function ProviderRow({ provider, onEdit, onDelete }: ProviderRowProps) {
  const { name, modelName, providerType, apiEndpoint, apiKey, botCount } = provider;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="min-w-0 break-words">{name}</span>
          <Badge tone={apiKey.isSet ? 'outline' : 'warn'}>
            {apiKey.isSet ? text.keySet(apiKey.last4) : text.noKey}
          </Badge>
        </p>
        <p className="text-sm break-all text-muted">
          {providerType} · {modelName} {apiEndpoint !== null && `· ${apiEndpoint}`}
        </p>
        <p className="text-xs text-muted">{botCount === 0 ? text.unused : text.usedBy(botCount)}</p>
      </div>
      <div className="flex gap-2">
        <Button onClick={onEdit} aria-label={`${ownText.actions.edit} ${name}`}>
          <Pencil aria-hidden="true" /> {ownText.actions.edit}
        </Button>
        <Button variant="danger" onClick={onDelete} aria-label={`${messages.form.delete} ${name}`}>
          <Trash2 aria-hidden="true" />
        </Button>
      </div>
    </li>
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

function DeleteProvider({
  provider: { id, name },
  onClose,
}: {
  provider: ProviderView;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title={text.deleteTitle(name)}
      lead={text.deleteLead}
      action={messages.form.delete}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteProvider', { params: { id } });
        await queries.invalidateQueries({ queryKey: ownKeys.providers });
        notify(text.deleted(name));
      }}
    />
  );
}
