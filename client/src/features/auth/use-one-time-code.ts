import { useState } from 'react';
import { RequestError } from '../../api/client.ts';

interface OneTimeCode {
  /** Whether the server wants one: from then on it is a field of the form. */
  readonly isAsked: boolean;
  /**
   * Sends what may need a code.
   * @returns false when a code is to be typed first.
   * @throws whatever else `send` throws, and the lack of a code once it is asked for.
   */
  readonly attempt: (send: () => Promise<unknown>) => Promise<boolean>;
}

/** A one-time code is asked for only of those who have one. */
export function useOneTimeCode(): OneTimeCode {
  const [isAsked, setIsAsked] = useState(false);
  const attempt = async (send: () => Promise<unknown>) => {
    try {
      await send();
      return true;
    } catch (error) {
      const isMissing = error instanceof RequestError && error.code === 'one-time-code-needed';
      if (!isMissing || isAsked) throw error;
      setIsAsked(true);
      return false;
    }
  };
  return { isAsked, attempt };
}

/** The part of a body that carries the code; nothing when none was typed. */
export function codePart(typed: string): { readonly code?: string } {
  return typed === '' ? {} : { code: typed.trim() };
}
