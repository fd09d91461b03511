import { lazy, Suspense, type ComponentProps } from 'react';
import { loadPart } from '../../ui/load-part.ts';
import { messages } from '../../ui/messages.ts';
import { Skeleton } from '../../ui/skeleton.tsx';

const PreviewPanel = lazy(async () => ({
  default: (await loadPart(() => import('./preview-panel.tsx'))).PreviewPanel,
}));

/** The preview, loaded for whoever asks for one. */
export function LazyPreview(props: ComponentProps<typeof PreviewPanel>) {
  return (
    <Suspense fallback={<PreviewSkeleton />}>
      <PreviewPanel {...props} />
    </Suspense>
  );
}

function PreviewSkeleton() {
  return (
    <div aria-busy="true">
      <output className="sr-only">{messages.bot.loading}</output>
      <Skeleton className="h-96" />
    </div>
  );
}
