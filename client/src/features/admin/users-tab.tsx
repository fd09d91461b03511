import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usersQuery } from '../../api/admin-queries.ts';
import type { UserView } from '../../api/contract.ts';
import { itemsOf } from '../../live/lists.ts';
import { Badge } from '../../ui/badge.tsx';
import { count } from '../../ui/format.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ScrollNote, Table, Td, Th } from '../../ui/table.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { WallTime } from '../../ui/wall-time.tsx';
import type { User } from '../session/use-me.ts';
import { UserDialogs, type Asked } from './user-dialogs.tsx';
import { UserActions } from './user-actions.tsx';

const text = adminText.users;

interface UsersTabProps {
  readonly me: User;
  readonly q: string;
  readonly onSearch: (q: string) => void;
  readonly onShowLog: (userId: string) => void;
}

export function UsersTab({ me, q, onSearch, onShowLog }: UsersTabProps) {
  const query = useInfiniteQuery(usersQuery(useSettled(q.trim())));
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error, refetch } = query;
  const users = data && itemsOf(data.pages, ({ id }) => id);
  return (
    <>
      <div className="p-3">
        <SearchField label={text.search} value={q} onChange={onSearch} className="sm:w-80" />
      </div>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!users && !error && <SkeletonRows count={8} />}
      {users?.length === 0 && <EmptyState text={text.empty} />}
      {users && users.length > 0 && (
        <>
          <Table label={adminText.tabs.users}>
            <thead>
              <tr>
                <Th className="pl-4">{text.name}</Th>
                <Th>{text.role}</Th>
                <Th>{text.state}</Th>
                <Th className="text-right">{text.bots}</Th>
                <Th>{text.since}</Th>
                <Th className="sticky right-0 bg-surface pr-4" />
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <tr key={user.id} className="group hover:bg-hover">
                  <Td className="pl-4 font-medium">{user.username}</Td>
                  <Td>{text.roles[user.role]}</Td>
                  <Td>
                    <UserState user={user} />
                  </Td>
                  <Td className="nums text-right">{count(user.botCount)}</Td>
                  <Td className="text-muted">
                    <WallTime at={user.createdAt} />
                  </Td>
                  <Td className="sticky right-0 bg-surface pr-4 text-right group-hover:bg-hover">
                    <UserActions me={me} user={user} onAsk={setAsked} onShowLog={onShowLog} />
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
          <ScrollNote />
        </>
      )}
      <LoadMore query={query} />
      <UserDialogs asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function UserState({ user: { isHouse, isActive, isNameHidden } }: { user: UserView }) {
  return (
    <span className="flex gap-1">
      {isHouse && <Badge tone="outline">{text.house}</Badge>}
      {!isHouse && (
        <Badge tone={isActive ? 'neutral' : 'warn'}>{isActive ? text.active : text.disabled}</Badge>
      )}
      {isNameHidden && <Badge tone="warn">{text.nameHidden}</Badge>}
    </span>
  );
}
