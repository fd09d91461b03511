import { useSyncExternalStore } from 'react';

const versions = new Map<string, number>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A new picture stands at the same address as the one before: what shows it asks again. */
export function refreshPicture(botId: string): void {
  versions.set(botId, Date.now());
  for (const listener of listeners) listener();
}

/** Where a bot's picture is. */
export function usePictureUrl(botId: string): string {
  const version = useSyncExternalStore(subscribe, () => versions.get(botId));
  const path = `/api/v2/bots/${encodeURIComponent(botId)}/avatar`;
  return version === undefined ? path : `${path}?v=${version}`;
}
