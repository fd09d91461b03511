import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { call } from '../../api/call.ts';
import type { Preview, PreviewDraft } from '../../api/thinking-queries.ts';

interface Answered {
  readonly draft: PreviewDraft;
  readonly preview: Preview;
}

/** One question about the next turn at a time, and its last answer with the draft that it is about. */
function useQuestion(botId: string, dryRun: boolean) {
  const running = useRef<AbortController | null>(null);
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: async (draft: PreviewDraft): Promise<Answered> => {
      const stop = new AbortController();
      running.current = stop;
      const { signal } = stop;
      return {
        draft,
        preview: await call('previewBot', { params: { botId }, body: { ...draft, dryRun }, signal }),
      };
    },
  });
  useEffect(() => () => running.current?.abort(), []);
  const cancel = useCallback(() => {
    running.current?.abort();
    reset();
  }, [reset]);
  return { ask: mutate, data, error, isPending, cancel };
}

/** What a bot's next turn would ask, and what its model and the engine would make of it now. */
export function usePreview(botId: string) {
  return { prompt: useQuestion(botId, false), dry: useQuestion(botId, true) };
}
