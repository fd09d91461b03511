import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { ProviderTest } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';

export interface ProviderTrial {
  /** The last one of this visit. */
  readonly result: ProviderTest | undefined;
  /** Why it could not be tried at all. */
  readonly error: Error | null;
  readonly isRunning: boolean;
  readonly run: () => void;
}

/**
 * Tries a provider with a real call, when it is told to. What came of it is kept for this visit, wherever it was asked
 * for, until the provider is changed.
 */
export function useProviderTest(providerId: string): ProviderTrial {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ownKeys.providerTest(providerId),
    queryFn: () => call('testProvider', { params: { id: providerId } }),
    enabled: false,
    retry: false,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return { result: data, error, isRunning: isFetching, run: () => void refetch({ cancelRefetch: false }) };
}
