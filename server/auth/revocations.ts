/** Who may not go on as they were. */
export interface Revocation {
  readonly userId: string;
  /** Only this session or API key; null = all of the user's. */
  readonly credentialId: string | null;
  /** The session in which the change was made goes on. */
  readonly exceptId: string | null;
}

/** Tells open sockets at once that a session, a key or a user is no longer what it was. Told after the commit. */
export class Revocations {
  readonly #listeners = new Set<(revocation: Revocation) => void>();

  onRevoke(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(
    userId: string,
    { credentialId = null, exceptId = null }: Partial<Omit<Revocation, 'userId'>> = {},
  ): void {
    for (const listener of this.#listeners) listener({ userId, credentialId, exceptId });
  }
}
