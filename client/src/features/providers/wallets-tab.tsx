import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { WalletView } from '../../api/contract.ts';
import { ownKeys, walletsQuery } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { notify } from '../../ui/notices.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { WalletDialog } from './wallet-dialog.tsx';

const text = providersText.wallet;
type Shown =
  | { readonly what: 'edit' | 'delete'; readonly wallet: WalletView }
  | { readonly what: 'add' }
  | null;

export function WalletsTab() {
  const { data, error, refetch } = useQuery(walletsQuery);
  const [shown, setShown] = useState<Shown>(null);
  const close = () => setShown(null);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={3} />;
  const add = (
    <Button variant="solid" onClick={() => setShown({ what: 'add' })}>
      <Plus aria-hidden="true" /> {text.add}
    </Button>
  );
  return (
    <>
      {data.length === 0 ? (
        <EmptyState text={text.empty}>{add}</EmptyState>
      ) : (
        <>
          <div className="flex justify-end p-3">{add}</div>
          <ul className="divide-y divide-line border-t border-line">
            {data.map((wallet) => (
              <WalletRow
                key={wallet.id}
                wallet={wallet}
                onEdit={() => setShown({ what: 'edit', wallet })}
                onDelete={() => setShown({ what: 'delete', wallet })}
              />
            ))}
          </ul>
        </>
      )}
      <WalletDialog
        wallet={shown?.what === 'edit' ? shown.wallet : null}
        isOpen={shown?.what === 'edit' || shown?.what === 'add'}
        onClose={close}
      />
      {shown?.what === 'delete' && <DeleteWallet wallet={shown.wallet} onClose={close} />}
    </>
  );
}

interface WalletRowProps {
  readonly wallet: WalletView;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

function WalletRow({ wallet: { name, exchange, apiKey }, onEdit, onDelete }: WalletRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium break-words">{name}</p>
        <p className="text-sm text-muted">
          {text.exchanges[exchange] ?? exchange} · {providersText.keySet(apiKey.last4)}
        </p>
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

function DeleteWallet({ wallet: { id, name }, onClose }: { wallet: WalletView; onClose: () => void }) {
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title={text.deleteTitle(name)}
      lead={text.deleteLead}
      action={messages.form.delete}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteWallet', { params: { id } });
        await queries.invalidateQueries({ queryKey: ownKeys.wallets });
        notify(text.deleted(name));
      }}
    />
  );
}
