import { useRouterState } from '@tanstack/react-router';

/** `name` of an address' fragment, which no server ever sees: #invite=CODE */
export function useFragment(name: string): string {
  const hash = useRouterState({ select: ({ location }) => location.hash });
  return new URLSearchParams(hash).get(name) ?? '';
}
