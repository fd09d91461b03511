import { useQueryClient } from '@tanstack/react-query';
import { Eye, EyeOff, Pause, Play, ShieldCheck } from 'lucide-react';
import { call } from '../../api/call.ts';
import type { BotDetail } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { useAct } from '../../ui/use-act.ts';

const text = adminText.bot;

/** What moderators may do with anybody's bot. */
export function ModeratorMenu({ bot: { id: botId, name, isPaused } }: { bot: BotDetail }) {
  const queries = useQueryClient();
  const params = { botId };
  const said = (words: string) => {
    void queries.invalidateQueries({ queryKey: keys.bot(botId) });
    return words;
  };
  const pause = useAct(
    () => call('moderatePause', { params, body: { reason: '' } }),
    () => said(text.paused(name)),
  );
  const resume = useAct(
    () => call('moderateResume', { params }),
    () => said(text.resumed(name)),
  );
  const hide = useAct(
    () => call('hideBotName', { params, body: { isNameHidden: true } }),
    () => said(text.hidden),
  );
  const show = useAct(
    () => call('hideBotName', { params, body: { isNameHidden: false } }),
    () => said(text.shown),
  );
  return (
    <Menu
      label={text.label}
      trigger={
        <Button>
          <ShieldCheck aria-hidden="true" /> {text.label}
        </Button>
      }
    >
      {isPaused ? (
        <MenuItem onSelect={resume.run}>
          <Play aria-hidden="true" /> {text.resume}
        </MenuItem>
      ) : (
        <MenuItem onSelect={pause.run}>
          <Pause aria-hidden="true" /> {text.pause}
        </MenuItem>
      )}
      <MenuItem onSelect={hide.run}>
        <EyeOff aria-hidden="true" /> {text.hide}
      </MenuItem>
      <MenuItem onSelect={show.run}>
        <Eye aria-hidden="true" /> {text.show}
      </MenuItem>
    </Menu>
  );
}
