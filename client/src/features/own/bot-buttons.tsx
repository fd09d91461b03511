import { Pause, Play, Zap } from 'lucide-react';
import type { BotSummary } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { Hint } from '../../ui/tooltip.tsx';
import type { useBotActs } from './use-bot-acts.ts';

const text = ownText.actions;

interface BotButtonsProps {
  readonly bot: Pick<BotSummary, 'name' | 'isPaused' | 'isTurnRunning'>;
  readonly acts: ReturnType<typeof useBotActs>;
}

/** Pause or resume, and a turn now. */
export function BotButtons({ bot, acts }: BotButtonsProps) {
  const { pause, resume, force } = acts;
  const act = bot.isPaused ? resume : pause;
  const Icon = bot.isPaused ? Play : Pause;
  const label = bot.isPaused ? text.resume : text.pause;
  return (
    <>
      <Button
        className="px-2 sm:px-3"
        onClick={act.run}
        aria-disabled={act.isBusy || undefined}
        aria-label={`${label} ${bot.name}`}
      >
        <Icon aria-hidden="true" /> {label}
      </Button>
      <Hint text={text.forceHint}>
        <Button
          className="px-2 sm:px-3"
          onClick={force.run}
          aria-disabled={force.isBusy || undefined}
          aria-label={`${text.force}, ${bot.name}`}
        >
          <Zap aria-hidden="true" /> {text.force}
        </Button>
      </Hint>
    </>
  );
}
