import { LoaderCircle, Zap } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { providersText } from '../../ui/messages/providers.ts';
import type { ProviderTrial } from './use-provider-test.ts';

const text = providersText.test;

interface TestButtonProps {
  readonly trial: ProviderTrial;
  /** Of the provider: buttons of rows are told apart by it. */
  readonly name: string;
  readonly variant?: 'solid' | 'outline';
}

export function TestButton({ trial: { result, error, isRunning, run }, name, variant }: TestButtonProps) {
  return (
    <Button variant={variant} onClick={run} aria-disabled={isRunning || undefined} aria-label={text.of(name)}>
      {isRunning ? (
        <LoaderCircle aria-hidden="true" className="animate-spin motion-reduce:animate-none" />
      ) : (
        <Zap aria-hidden="true" />
      )}
      {result || error ? text.again : text.action}
    </Button>
  );
}
