import { Link, useNavigate } from '@tanstack/react-router';
import { Copy, Download, Ellipsis, Image, Pencil, RotateCcw, ScanText, Trash2 } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { call } from '../../api/call.ts';
import type { BotDetail } from '../../api/contract.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { notify } from '../../ui/notices.ts';
import { Panel } from '../../ui/panel.tsx';
import { BotButtons } from './bot-buttons.tsx';
import { CloneDialog } from './clone-dialog.tsx';
import { LazyPreview } from './lazy-preview.tsx';
import { PictureDialog } from './picture-dialog.tsx';
import { useBotActs, useTakeBot } from './use-bot-acts.ts';

const text = ownText.actions;
type Asked = 'clone' | 'picture' | 'reset' | 'delete';

/** What the owner can do, on the bot's own page, and what its next turn would be. */
export function OwnerBar({ bot }: { bot: BotDetail }) {
  const [isPreviewing, setIsPreviewing] = useState(false);
  return (
    <>
      <Bar bot={bot} isPreviewing={isPreviewing} onPreview={() => setIsPreviewing(!isPreviewing)} />
      {isPreviewing && (
        <div className="mb-3">
          <LazyPreview botId={bot.id} onClose={() => setIsPreviewing(false)} />
        </div>
      )}
    </>
  );
}

interface BarProps {
  readonly bot: BotDetail;
  readonly isPreviewing: boolean;
  readonly onPreview: () => void;
}

function Bar({ bot, isPreviewing, onPreview }: BarProps) {
  const acts = useBotActs(bot);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <Panel aria-label={text.bar} className="mb-3 flex flex-wrap items-center gap-2 px-3 py-2 sm:px-4">
      <h2 className="mr-auto hidden text-sm font-semibold sm:block">{text.bar}</h2>
      <BotButtons bot={bot} acts={acts} />
      <Link
        to="/me/bots/$botId/edit"
        params={{ botId: bot.id }}
        className={buttonStyle({ className: 'px-2 sm:px-3' })}
      >
        <Pencil aria-hidden="true" /> {text.edit}
      </Link>
      <Button
        className="px-2 sm:px-3"
        title={thinkingText.preview.openHint}
        aria-expanded={isPreviewing}
        onClick={onPreview}
      >
        <ScanText aria-hidden="true" /> {thinkingText.preview.open}
      </Button>
      <Menu
        label={text.more}
        trigger={
          <Button size="icon" className="size-9" aria-label={text.more}>
            <Ellipsis aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setAsked('clone')}>
          <Copy aria-hidden="true" /> {text.clone}
        </MenuItem>
        <MenuItem onSelect={acts.exportFile.run}>
          <Download aria-hidden="true" /> {text.export}
        </MenuItem>
        <MenuItem onSelect={() => setAsked('picture')}>
          <Image aria-hidden="true" /> {text.picture}
        </MenuItem>
        <MenuLine />
        <MenuItem onSelect={() => setAsked('reset')}>
          <RotateCcw aria-hidden="true" /> {text.reset}
        </MenuItem>
        <MenuItem tone="danger" onSelect={() => setAsked('delete')}>
          <Trash2 aria-hidden="true" /> {text.delete}
        </MenuItem>
      </Menu>
      <CloneDialog bot={bot} isOpen={asked === 'clone'} onClose={close} />
      <PictureDialog bot={bot} isOpen={asked === 'picture'} onClose={close} />
      <ResetDialog bot={bot} isOpen={asked === 'reset'} onClose={close} />
      <DeleteDialog bot={bot} isOpen={asked === 'delete'} onClose={close} />
    </Panel>
  );
}

interface DialogProps {
  readonly bot: BotDetail;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function ResetDialog(props: DialogProps) {
  const { id, name } = props.bot;
  const take = useTakeBot();
  return (
    <NamedDialog
      {...props}
      words={ownText.reset}
      onConfirm={async ({ confirm }) => {
        take(await call('resetBot', { params: { botId: id }, body: { confirm } }));
        notify(text.didReset(name));
      }}
    />
  );
}

function DeleteDialog(props: DialogProps) {
  const { id, name } = props.bot;
  const navigate = useNavigate();
  return (
    <NamedDialog
      {...props}
      words={ownText.delete}
      onConfirm={async () => {
        await call('deleteBot', { params: { botId: id } });
        notify(text.deleted(name));
        await navigate({ to: '/me' });
      }}
    />
  );
}

interface NamedDialogProps extends DialogProps, Pick<ComponentProps<typeof ConfirmDialog>, 'onConfirm'> {
  readonly words: typeof ownText.reset | typeof ownText.delete;
}

/** What is done to a bot only once its name is typed. */
function NamedDialog({ bot: { name }, words: { title, lead, action }, ...dialog }: NamedDialogProps) {
  return <ConfirmDialog title={title(name)} lead={lead} action={action} name={name} {...dialog} />;
}
