import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/call.ts';
import type { BotDetail, BotSummary } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { downloadText } from '../../ui/download.ts';
import { count } from '../../ui/format.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { notify } from '../../ui/notices.ts';
import { useAct } from '../../ui/use-act.ts';

const text = ownText.actions;

/** Puts what the server answered about an own bot where it is shown. */
export function useTakeBot(): (bot: BotDetail) => void {
  const queries = useQueryClient();
  return (bot) => {
    queries.setQueryData(keys.bot(bot.id), bot);
    void queries.invalidateQueries({ queryKey: keys.ownBots });
  };
}

/** Goes to the page of an own bot that the server has just made or changed, and says what became of it. */
export function useShowBot(): (bot: BotDetail, said: string) => Promise<void> {
  const navigate = useNavigate();
  const take = useTakeBot();
  return async (bot, said) => {
    take(bot);
    notify(said);
    await navigate({ to: '/bots/$botId', params: { botId: bot.id } });
  };
}

/** What an owner does with one click. */
export function useBotActs({ id: botId, name }: Pick<BotSummary, 'id' | 'name'>) {
  const take = useTakeBot();
  const params = { botId };
  return {
    pause: useAct(
      () => call('pauseBot', { params, body: {} }),
      (bot) => {
        take(bot);
        return text.paused(name);
      },
    ),
    resume: useAct(
      () => call('resumeBot', { params }),
      (bot) => {
        take(bot);
        return text.resumed(name);
      },
    ),
    force: useAct(
      () => call('forceTurn', { params }),
      ({ turnNo }) => text.forced(name, count(turnNo)),
    ),
    exportFile: useAct(
      () => call('exportBot', { params }),
      (file) => {
        const fileName = `${name.replaceAll(/[^\w-]+/g, '-')}.arena-bot.json`;
        downloadText(fileName, `${JSON.stringify(file, null, 2)}\n`, 'application/json');
      },
    ),
  };
}
