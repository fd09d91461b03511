import { lazy, Suspense } from 'react';
import type { BotDetail, PositionView } from '../../api/contract.ts';
import { loadPart } from '../../ui/load-part.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { hasRole, useUser } from '../session/use-me.ts';

const OwnerBar = lazy(async () => ({
  default: (await loadPart(() => import('../own/owner-bar.tsx'))).OwnerBar,
}));
const CloneButton = lazy(async () => ({
  default: (await loadPart(() => import('../own/clone-button.tsx'))).CloneButton,
}));
const ModeratorMenu = lazy(async () => ({
  default: (await loadPart(() => import('../admin/moderator-menu.tsx'))).ModeratorMenu,
}));
const LearningTab = lazy(async () => ({
  default: (await loadPart(() => import('../own/learning-tab.tsx'))).LearningTab,
}));
const VersionsTab = lazy(async () => ({
  default: (await loadPart(() => import('../own/versions-tab.tsx'))).VersionsTab,
}));
const LazyPositionActions = lazy(async () => ({
  default: (await loadPart(() => import('../own/position-actions.tsx'))).PositionActions,
}));

/** What whoever is logged in can do with a bot; loaded for them alone. */
export function BotTools({ bot }: { bot: BotDetail }) {
  const user = useUser();
  if (bot.own)
    return (
      <Suspense fallback={<div className="mb-3 h-13" />}>
        <OwnerBar bot={bot} />
      </Suspense>
    );
  if (!hasRole(user, 'user')) return null;
  return (
    <div className="mb-3 flex flex-wrap justify-end gap-2">
      <Suspense fallback={<div className="h-9" />}>
        {hasRole(user, 'moderator') && <ModeratorMenu bot={bot} />}
        <CloneButton bot={bot} />
      </Suspense>
    </div>
  );
}

export function PositionActions({ position }: { position: PositionView }) {
  return (
    <Suspense fallback={<div className="mt-2 h-7" />}>
      <LazyPositionActions position={position} />
    </Suspense>
  );
}

/** The tabs that only a bot's owner has. */
export function OwnTab({ bot, tab }: { bot: BotDetail; tab: 'learning' | 'versions' }) {
  return (
    <Suspense fallback={<SkeletonRows count={4} />}>
      {tab === 'learning' ? <LearningTab bot={bot} /> : <VersionsTab botId={bot.id} />}
    </Suspense>
  );
}
