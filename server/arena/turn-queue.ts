/**
 * Who decides next: round-robin across users, then across each user's bots, so that a user with fifty bots waits as
 * long as one with a single bot.
 */
export class TurnQueue<Bot extends { readonly botId: string; readonly userId: string }> {
  /** Users in the order they are served; a user goes to the end after a turn. */
  readonly #byUser = new Map<string, Bot[]>();

  get size(): number {
    return this.#byUser.values().reduce((sum, bots) => sum + bots.length, 0);
  }

  /** Adds a bot behind its user's other bots; a bot that waits already keeps its place. */
  add(bot: Bot): void {
    const bots = this.#byUser.get(bot.userId);
    if (!bots) this.#byUser.set(bot.userId, [bot]);
    else if (!bots.some((waiting) => waiting.botId === bot.botId)) bots.push(bot);
  }

  has(botId: string): boolean {
    return this.#byUser.values().some((bots) => bots.some((bot) => bot.botId === botId));
  }

  remove(botId: string): void {
    for (const [userId, bots] of this.#byUser) {
      const left = bots.filter((bot) => bot.botId !== botId);
      if (left.length === 0) this.#byUser.delete(userId);
      else this.#byUser.set(userId, left);
    }
  }

  take(): Bot | undefined {
    for (const [userId, [next, ...rest]] of this.#byUser) {
      this.#byUser.delete(userId);
      if (rest.length > 0) this.#byUser.set(userId, rest);
      if (next) return next;
    }
    return undefined;
  }
}
