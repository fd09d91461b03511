import type { ReactNode } from 'react';

interface PartProps {
  readonly title: ReactNode;
  readonly lead: string;
  readonly children: ReactNode;
}

/** What a part is on the left, its form on the right; one below the other on narrow screens. */
export function Part({ title, lead, children }: PartProps) {
  return (
    <section className="grid gap-4 p-4 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] md:gap-8 md:py-6">
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-base font-semibold">{title}</h2>
        <p className="text-sm text-muted">{lead}</p>
      </div>
      <div className="min-w-0 md:max-w-sm">{children}</div>
    </section>
  );
}
