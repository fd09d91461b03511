import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { call } from '../../api/call.ts';
import type { WalletView } from '../../api/contract.ts';
import { ownKeys, walletsQuery } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { DeleteDialog } from '../../ui/delete-dialog.tsx';
import { providersText } from '../../ui/messages/providers.ts';
import { RowActions } from '../../ui/row-actions.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useListDialogs } from '../../ui/use-list-dialogs.ts';
import { WalletDialog } from './wallet-dialog.tsx';

const text = providersText.wallet;

export function WalletsTab() {
  const { data, error, refetch } = useQuery(walletsQuery);
  const { edited, deleted, isEditing, ...dialogs } = useListDialogs<WalletView>();
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={3} />;
  const add = (
    <Button variant="solid" onClick={dialogs.add}>
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
                onEdit={() => dialogs.edit(wallet)}
                onDelete={() => dialogs.remove(wallet)}
              />
            ))}
          </ul>
        </>
      )}
      <WalletDialog wallet={edited} isOpen={isEditing} onClose={dialogs.close} />
      {deleted && (
        <DeleteDialog
          title={text.deleteTitle(deleted.name)}
          lead={text.deleteLead}
          done={text.deleted(deleted.name)}
          listKey={ownKeys.wallets}
          send={() => call('deleteWallet', { params: { id: deleted.id } })}
          onClose={dialogs.close}
        />
      )}
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
      <RowActions name={name} onEdit={onEdit} onDelete={onDelete} />
    </li>
  );
}
