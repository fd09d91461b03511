import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '../../api/own-queries.ts';
import { strategyTitle } from './bot-form-values.ts';

/** Everything that may decide for a bot, for a select: one's own providers first, then the strategies. */
export function useDeciders(): { value: string; label: string }[] {
  const { data = [] } = useQuery(providersQuery);
  return data.map(({ id, name, isBuiltIn, modelName }) => ({
    value: id,
    label: isBuiltIn ? strategyTitle(name) : `${name} (${modelName})`,
  }));
}
