import { Link, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { buttonStyle } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { loadPart } from '../../ui/load-part.ts';
import { messages } from '../../ui/messages.ts';
import { pathOf } from './path-of.ts';
import { useMe } from './use-me.ts';

const UserMenu = lazy(async () => ({
  default: (await loadPart(() => import('./user-menu.tsx'))).UserMenu,
}));

const text = messages.session;

/** The corner of the top bar: who is logged in, or the ways in. */
export function UserCorner() {
  const { data } = useMe();
  if (!data) return <span className="w-8 sm:w-24" />;
  if (!data.user) return <WaysIn isRegistrationClosed={data.registration === 'closed'} />;
  return (
    <Suspense fallback={<span className="w-8 sm:w-24" />}>
      <UserMenu user={data.user} />
    </Suspense>
  );
}

function WaysIn({ isRegistrationClosed }: { isRegistrationClosed: boolean }) {
  const to = useRouterState({ select: ({ location }) => pathOf(location.href) });
  return (
    <>
      <Link to="/login" search={{ to }} className={cn(buttonStyle({ variant: 'ghost' }), 'h-8')}>
        {text.logIn}
      </Link>
      {!isRegistrationClosed && (
        <Link
          to="/register"
          search={{ to }}
          className={cn(buttonStyle({ variant: 'solid' }), 'hidden h-8 sm:inline-flex')}
        >
          {text.register}
        </Link>
      )}
    </>
  );
}
