import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { keys } from '../../api/queries.ts';
import { pathOf } from '../session/path-of.ts';
import { meQuery } from '../session/use-me.ts';

/** The session is there: finds out who we are, then goes to where one wanted to be. */
export function useEnter(to: string): () => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  return async () => {
    await queries.cancelQueries({ queryKey: keys.me });
    await queries.fetchQuery({ ...meQuery, staleTime: 0 });
    router.history.replace(pathOf(to) || '/me');
  };
}
