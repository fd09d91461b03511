import { useEffect, useRef } from 'react';
import type { ProviderView } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { providersText } from '../../ui/messages/providers.ts';
import { TestButton } from './test-button.tsx';
import { TestResult } from './test-result.tsx';
import { useProviderTest } from './use-provider-test.ts';

const text = providersText.test;

/** What comes after saving: whether it answers. */
export function SavedProvider({ provider, onClose }: { provider: ProviderView; onClose: () => void }) {
  const trial = useProviderTest(provider.id);
  const buttons = useRef<HTMLDivElement>(null);
  // The form that had the focus is gone.
  useEffect(() => buttons.current?.querySelector('button')?.focus(), []);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-soft">{text.lead}</p>
      <TestResult trial={trial} model={provider.modelName} />
      <div ref={buttons} className="flex flex-wrap justify-end gap-2">
        <TestButton trial={trial} name={provider.name} variant={trial.result?.ok ? 'outline' : 'solid'} />
        <Button variant={trial.result?.ok ? 'solid' : 'outline'} onClick={onClose}>
          {text.done}
        </Button>
      </div>
    </div>
  );
}
