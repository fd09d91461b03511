/** Who sees what of a bot; the defaults of every projection, REST and sockets alike. */
export type Visibility = 'public' | 'owner';

export interface Publishing {
  readonly results: Visibility;
  readonly positions: Visibility;
  readonly trades: Visibility;
  /** Reasoning and outcomes of decisions. */
  readonly reasoning: Visibility;
  /** Prompts and raw answers. */
  readonly prompt: Visibility;
}

export const USER_BOT_PUBLISHING: Publishing = {
  results: 'public',
  positions: 'public',
  trades: 'public',
  reasoning: 'owner',
  prompt: 'owner',
};

/** House bots hide nothing: their rules are part of the product. */
export const HOUSE_BOT_PUBLISHING: Publishing = {
  results: 'public',
  positions: 'public',
  trades: 'public',
  reasoning: 'public',
  prompt: 'public',
};

/** What strangers may see of a bot. */
export function publishingOf(owner: { readonly isHouse: boolean }): Publishing {
  return owner.isHouse ? HOUSE_BOT_PUBLISHING : USER_BOT_PUBLISHING;
}
