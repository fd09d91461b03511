import { Link } from '@tanstack/react-router';
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { BotIdentity } from '../../api/contract.ts';
import { useBots } from '../../live/context.tsx';
import { BOT_LIMIT } from '../../live/patch.ts';
import { Badge } from '../../ui/badge.tsx';
import { assignColors, colorVariable, hashOf, PALETTE_SIZE } from '../../ui/bot-colors.ts';
import { cn } from '../../ui/cn.ts';
import { messages } from '../../ui/messages.ts';
import { usePictureUrl } from './picture-version.ts';

/** The market's own line: what doing nothing clever would have made. */
export const isBuyAndHold = (bot: BotIdentity): boolean =>
  bot.isReference && /buy.?(and|&).?hold/i.test(bot.provider.model);

type ColorOf = (botId: string) => string;

const byHash: ColorOf = (botId) => colorVariable(hashOf(botId) % PALETTE_SIZE);
const BotColorsContext = createContext<ColorOf>(byHash);

interface RosterEntry {
  readonly id: string;
  readonly createdAt: number;
  readonly isGrey: boolean;
}

/** Hands out the colours once for the whole page. */
export function BotColorsProvider({ children }: { children: ReactNode }) {
  // As text, because colours hang on who is there and since when, not on figures that change.
  const roster = JSON.stringify(
    useBots().map((bot): RosterEntry => ({
      id: bot.id,
      createdAt: bot.createdAt,
      isGrey: isBuyAndHold(bot),
    })),
  );
  const colorOf = useMemo(() => colorsOf(JSON.parse(roster) as RosterEntry[]), [roster]);
  return <BotColorsContext value={colorOf}>{children}</BotColorsContext>;
}

function colorsOf(roster: readonly RosterEntry[]): ColorOf {
  // A full first screen names others at every visit: there a colour hangs on the id alone.
  const isWhole = roster.length < BOT_LIMIT;
  const indexes = assignColors(isWhole ? roster.filter(({ isGrey }) => !isGrey) : []);
  const grey = new Set(roster.filter(({ isGrey }) => isGrey).map(({ id }) => id));
  return (botId) => {
    const index = indexes.get(botId);
    if (grey.has(botId)) return '--reference';
    return index === undefined ? byHash(botId) : colorVariable(index);
  };
}

/** CSS variable of a bot's colour, the same on every page. Buy & hold is grey. */
export const useBotColors = (): ColorOf => useContext(BotColorsContext);

function initialsOf(name: string): string {
  const words = name.split(/[\s_-]+/).filter((word) => word !== '');
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => word.slice(0, 1)) : [name.slice(0, 2)];
  return letters.join('').toUpperCase();
}

interface AvatarProps {
  readonly bot: Pick<BotIdentity, 'id' | 'name'> & { readonly hasAvatar?: boolean };
  readonly className?: string;
}

/** The bot's picture where it is known to have one, else its initials in its colour. */

export function Avatar({ bot, className }: AvatarProps) {
  const color = `var(${useBotColors()(bot.id)})`;
  const picture = usePictureUrl(bot.id);
  if (bot.hasAvatar === true)
    return <img src={picture} alt="" className={cn('size-6 shrink-0 rounded-md object-cover', className)} />;
  return (
    <span
      aria-hidden="true"
      className={cn(
        'grid size-6 shrink-0 place-items-center rounded-md text-[10px] font-semibold',
        className,
      )}
      style={{ color, backgroundColor: `color-mix(in srgb, ${color} 13%, transparent)` }}
    >
      {initialsOf(bot.name)}
    </span>
  );
}

/** Avatar and name, leading to the bot. */
export function BotLink({ bot, className }: AvatarProps) {
  return (
    <Link
      to="/bots/$botId"
      params={{ botId: bot.id }}
      className={cn('flex min-w-0 items-center gap-2 font-medium hover:text-accent', className)}
    >
      <Avatar bot={bot} />
      <span className="truncate">{bot.name}</span>
    </Link>
  );
}

export function ReferenceBadge() {
  return (
    <Badge tone="outline" hint={messages.board.referenceHint}>
      {messages.board.reference}
    </Badge>
  );
}

export function PausedBadge({ bot }: { bot: BotIdentity }) {
  if (!bot.isPaused) return null;
  return (
    <Badge
      tone="warn"
      hint={bot.pauseReason === null ? undefined : messages.bots.pausedBecause(bot.pauseReason)}
    >
      {messages.bots.paused}
    </Badge>
  );
}
