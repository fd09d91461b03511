import { Link } from '@tanstack/react-router';
import { buttonStyle } from '../../ui/button.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { Panel } from '../../ui/panel.tsx';

const text = ownText.list;

/** Nothing here yet: how to get a running bot, in three steps. */
export function FirstBot() {
  return (
    <Panel className="mx-auto max-w-2xl p-6 sm:p-8">
      <h2 className="text-lg font-semibold">{text.emptyTitle}</h2>
      <p className="text-sm text-muted">{text.emptyLead}</p>
      <ol className="my-6 flex flex-col gap-4">
        {text.steps.map(([title, what], index) => (
          <li key={title} className="flex gap-3">
            <span
              aria-hidden="true"
              className="nums grid size-7 shrink-0 place-items-center rounded-full bg-accent-wash text-sm font-semibold text-accent"
            >
              {index + 1}
            </span>
            <div>
              <p className="font-medium">{title}</p>
              <p className="text-sm text-muted">{what}</p>
            </div>
          </li>
        ))}
      </ol>
      <Link to="/me/new" className={buttonStyle({ variant: 'solid', className: 'h-10' })}>
        {text.emptyAction}
      </Link>
      <p className="mt-4 text-xs text-muted">{text.emptyModel}</p>
    </Panel>
  );
}
