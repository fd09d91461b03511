import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, fillPath } from '../../api/call.ts';
import { apiUrl, requestJson } from '../../api/client.ts';
import type { BotDetail } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FileField } from '../../ui/file-field.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { refreshPicture } from '../bot/picture-version.ts';

const text = ownText.picture;
const MOST_BYTES = 1024 * 1024;
const TYPES = ['image/png', 'image/jpeg', 'image/webp'];

interface PictureDialogProps {
  readonly bot: BotDetail;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PictureDialog({ bot, isOpen, onClose }: PictureDialogProps) {
  return (
    <Dialog title={text.title} lead={text.lead} isOpen={isOpen} onOpenChange={(next) => next || onClose()}>
      {isOpen && <PictureForm bot={bot} onClose={onClose} />}
    </Dialog>
  );
}

interface Chosen {
  readonly file: File;
  /** A data URL: pictures of other kinds of address are not shown here. */
  readonly url: string;
}

function problemOf(file: File): string | undefined {
  if (!TYPES.includes(file.type)) return text.wrongType;
  return file.size > MOST_BYTES ? text.tooLarge : undefined;
}

function readAsUrl(file: File): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.addEventListener('load', () => resolve(reader.result as string));
  reader.addEventListener('error', () => reject(reader.error ?? new Error(text.wrongType)));
  reader.readAsDataURL(file);
  return promise;
}

function PictureForm({ bot: { id: botId, hasAvatar }, onClose }: Omit<PictureDialogProps, 'isOpen'>) {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const choose = async (file: File | undefined) => {
    const wrong = file && problemOf(file);
    setProblem(wrong);
    setChosen(file && wrong === undefined ? { file, url: await readAsUrl(file) } : null);
  };
  const change = async (send: () => Promise<unknown>, said: string) => {
    setIsBusy(true);
    try {
      await send();
      await queries.invalidateQueries({ queryKey: keys.bot(botId) });
      refreshPicture(botId);
      notify(said);
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setIsBusy(false);
    }
  };
  const upload = (file: File) =>
    requestJson(apiUrl(fillPath('/bots/:botId/avatar', { botId })), { method: 'put', body: file });
  return (
    <DialogForm
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen && !isBusy) void change(() => upload(chosen.file), text.stored);
      }}
      error={problem}
      isBusy={isBusy}
      action={text.upload}
      isDisabled={!chosen}
      actions={
        hasAvatar && (
          <Button
            variant="danger"
            aria-disabled={isBusy || undefined}
            onClick={() =>
              isBusy || void change(() => call('deleteAvatar', { params: { botId } }), text.removed)
            }
          >
            {text.remove}
          </Button>
        )
      }
    >
      <FileField label={text.file} accept={TYPES.join(',')} onChoose={(file) => void choose(file)} />
      {chosen && (
        <img
          src={chosen.url}
          alt={text.alt}
          className="size-32 self-center rounded-lg border border-line object-cover"
        />
      )}
    </DialogForm>
  );
}
