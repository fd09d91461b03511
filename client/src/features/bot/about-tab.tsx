import type { BotDetail } from '../../api/contract.ts';
import { count, duration, money, signedMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { messages } from '../../ui/messages.ts';
import { exactTime } from '../../ui/time.ts';
import { FoldedText, PrivatePart } from './long-text.tsx';

const text = messages.bot;

/** What the bot is: its rules of play and, where public, its prompt. */
export function AboutTab({ bot }: { bot: BotDetail }) {
  return (
    <div className="p-4">
      <dl className="grid grid-cols-2 gap-x-8 gap-y-3 sm:flex sm:flex-wrap">
        <Fact label={text.facts.provider}>
          {bot.provider.type} · {bot.provider.model}
        </Fact>
        <Fact label={text.facts.interval}>{duration(bot.turnIntervalMs)}</Fact>
        <Fact label={text.facts.skipped}>{count(bot.skippedTurns)}</Fact>
        <Fact label={text.facts.start}>{money(bot.initialBalance)}</Fact>
        <Fact label={text.facts.funding}>{signedMoney(bot.funding)}</Fact>
        <Fact label={text.facts.created}>{exactTime(bot.createdAt)}</Fact>
      </dl>
      <p className="mt-4 text-xs text-muted">{text.facts.symbols}</p>
      <p className="text-sm">{bot.tradingSymbols?.join(', ') ?? text.facts.allSymbols}</p>
      {bot.prompt === null ? (
        <PrivatePart title={text.prompt} />
      ) : (
        <FoldedText title={text.prompt} value={bot.prompt} />
      )}
    </div>
  );
}
