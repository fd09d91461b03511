import { useMutation } from '@tanstack/react-query';
import { notify } from './notices.ts';

interface Act {
  readonly run: () => void;
  readonly isBusy: boolean;
}

/** Something done with one click: what became of it is told in a notice. `done` may leave the telling to the page. */
export function useAct<Result>(
  act: () => Promise<Result>,
  done?: (result: Result) => string | void | Promise<void>,
): Act {
  const { mutate, isPending } = useMutation({
    mutationFn: act,
    onSuccess: async (result) => {
      const said = await done?.(result);
      if (typeof said === 'string') notify(said);
    },
    onError: (error) => notify(error.message, 'bad'),
  });
  return { run: () => isPending || mutate(), isBusy: isPending };
}
