import { Link, Navigate, useRouter } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Role } from '../../api/contract.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { messages } from '../../ui/messages.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { pathOf } from './path-of.ts';
import { hasRole, useMe, type User } from './use-me.ts';

interface SignedInProps {
  /** The least role that may see this. */
  readonly least?: Role;
  readonly children: (user: User) => ReactNode;
}

/** What only somebody known sees. Strangers go to log in, and come back here. */
export function SignedIn({ least = 'viewer', children }: SignedInProps) {
  const { data, error, refetch } = useMe();
  if (!data && error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton className="h-64" />;
  if (!data.user) return <ToLogin />;
  if (!hasRole(data.user, least)) return <NotForYou />;
  return <>{children(data.user)}</>;
}

/** Remembers where it was called from: on the way the address is the login's already. */
function ToLogin() {
  const router = useRouter();
  const [to] = useState(() => pathOf(router.state.location.href));
  return <Navigate to="/login" search={{ to }} replace />;
}

function NotForYou() {
  return (
    <EmptyState text={messages.session.roleNeeded} className="py-24">
      <Link to="/" className={buttonStyle()}>
        {messages.notFound.action}
      </Link>
    </EmptyState>
  );
}
