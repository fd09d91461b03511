/** What only a bot's owner may read of how it thinks; it is forgotten with them. */
export const thinkingKeys = {
  learning: (botId: string) => ['own', 'learning', botId] as const,
  versions: (botId: string) => ['own', 'versions', botId] as const,
};
