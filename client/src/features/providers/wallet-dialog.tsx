import { useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { call, type BodyOf } from '../../api/call.ts';
import type { WalletView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { NameField, PasswordField, SelectField } from '../../ui/field.tsx';
import { isRequired, submissionOf } from '../../ui/form.ts';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { notify } from '../../ui/notices.ts';

const text = providersText.wallet;

interface WalletDialogProps {
  /** null = a new one. */
  readonly wallet: WalletView | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

interface WalletValues {
  readonly name: string;
  readonly exchange: BodyOf<'createWallet'>['exchange'];
  readonly apiKey: string;
  readonly apiSecret: string;
}

export function WalletDialog(props: WalletDialogProps) {
  const { wallet, isOpen, onClose } = props;
  return (
    <Dialog
      title={wallet ? text.editTitle(wallet.name) : text.addTitle}
      isOpen={isOpen}
      onOpenChange={(next) => next || onClose()}
    >
      {isOpen && <WalletForm {...props} />}
    </Dialog>
  );
}

function save(wallet: WalletView | null, { name, exchange, apiKey, apiSecret }: WalletValues) {
  if (!wallet) return call('createWallet', { body: { name: name.trim(), exchange, apiKey, apiSecret } });
  const body = {
    name: name.trim(),
    ...(apiKey === '' ? {} : { apiKey }),
    ...(apiSecret === '' ? {} : { apiSecret }),
  };
  return call('updateWallet', { params: { id: wallet.id }, body });
}

function WalletForm({ wallet, onClose }: WalletDialogProps) {
  const queries = useQueryClient();
  const form = useForm<WalletValues>({
    defaultValues: { name: wallet?.name ?? '', exchange: 'binance', apiKey: '', apiSecret: '' },
  });
  const { errors } = form.formState;
  const submission = submissionOf(form, async (values) => {
    const saved = await save(wallet, values);
    await queries.invalidateQueries({ queryKey: ownKeys.wallets });
    notify(wallet ? messages.form.saved : text.added(saved.name));
    onClose();
  });
  const exchanges = Object.entries(text.exchanges).map(([value, label]) => ({ value, label }));
  const rules = wallet ? {} : isRequired;
  return (
    <DialogForm {...submission} action={messages.form.save} onCancel={onClose}>
      {!wallet && <SelectField label={text.exchange} options={exchanges} {...form.register('exchange')} />}
      <NameField label={text.name} error={errors.name?.message} {...form.register('name', isRequired)} />
      <PasswordField
        label={text.key}
        hint={wallet ? text.keep : undefined}
        error={errors.apiKey?.message}
        maxLength={512}
        autoComplete="off"
        {...form.register('apiKey', rules)}
      />
      <PasswordField
        label={text.secret}
        hint={text.secretHint}
        error={errors.apiSecret?.message}
        maxLength={512}
        autoComplete="off"
        {...form.register('apiSecret', rules)}
      />
    </DialogForm>
  );
}
