const PREFIX = 'arena.draft.';

/** What was typed under `key` and never saved; null = nothing. */
export function storedDraft(key: string): unknown {
  try {
    const text = sessionStorage.getItem(PREFIX + key);
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    // Storage may be switched off, or hold what an older page wrote.
    return null;
  }
}

/** @param values null forgets them. */
export function storeDraft(key: string, values: unknown): void {
  try {
    if (values === null) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(values));
  } catch {
    // Without storage a draft lasts as long as its page.
  }
}

/** Whoever logs out leaves nothing behind for the next one. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Then there are none.
  }
}
