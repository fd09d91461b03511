import { useQueryClient } from '@tanstack/react-query';
import { Ban, CircleCheck, Ellipsis, Eye, EyeOff, ScrollText, Trash2, UserCog } from 'lucide-react';
import { call } from '../../api/call.ts';
import type { Role, UserView } from '../../api/contract.ts';
import { ownKeys } from '../../api/own-queries.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { adminText } from '../../ui/messages/admin.ts';
import { notify } from '../../ui/notices.ts';
import { hasRole, type User } from '../session/use-me.ts';
import type { Asked } from './user-dialogs.tsx';

const text = adminText.users;
const ROLES: readonly Role[] = ['viewer', 'user', 'moderator', 'admin'];

interface UserActionsProps {
  readonly me: User;
  readonly user: UserView;
  readonly onAsk: (asked: Asked) => void;
  readonly onShowLog: (userId: string) => void;
}

/** What may be done with a user; house users and oneself are left alone. */
export function UserActions({ me, user, onAsk, onShowLog }: UserActionsProps) {
  const act = useUserAct(user);
  const isAdmin = hasRole(me, 'admin') && user.id !== me.id && !user.isHouse;
  const { id, isActive, isNameHidden } = user;
  const params = { id };
  const NameIcon = isNameHidden ? Eye : EyeOff;
  return (
    <Menu
      label={text.actions(user.username)}
      trigger={
        <Button variant="ghost" size="icon" aria-label={text.actions(user.username)}>
          <Ellipsis aria-hidden="true" />
        </Button>
      }
    >
      <MenuLabel>{user.username}</MenuLabel>
      <MenuItem onSelect={() => onShowLog(id)}>
        <ScrollText aria-hidden="true" /> {text.showLog}
      </MenuItem>
      <MenuItem
        onSelect={() => act(() => call('hideUserName', { params, body: { isNameHidden: !isNameHidden } }))}
      >
        <NameIcon aria-hidden="true" /> {isNameHidden ? text.showName : text.hideName}
      </MenuItem>
      {isAdmin && (
        <>
          <MenuLine />
          {ROLES.filter((role) => role !== user.role).map((role) => (
            <MenuItem key={role} onSelect={() => act(() => call('updateUser', { params, body: { role } }))}>
              <UserCog aria-hidden="true" /> {text.setRole(text.roles[role])}
            </MenuItem>
          ))}
          <MenuLine />
          {isActive ? (
            <MenuItem onSelect={() => onAsk({ what: 'disable', user })}>
              <Ban aria-hidden="true" /> {text.disable}
            </MenuItem>
          ) : (
            <MenuItem onSelect={() => act(() => call('updateUser', { params, body: { isActive: true } }))}>
              <CircleCheck aria-hidden="true" /> {text.enable}
            </MenuItem>
          )}
          <MenuItem tone="danger" onSelect={() => onAsk({ what: 'delete', user })}>
            <Trash2 aria-hidden="true" /> {text.delete}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

function useUserAct(user: UserView): (run: () => Promise<UserView>) => void {
  const queries = useQueryClient();
  return (run) =>
    void run()
      .then(() => notify(text.changed(user.username)))
      .catch((error: Error) => notify(error.message, 'bad'))
      .finally(() => queries.invalidateQueries({ queryKey: ownKeys.users }));
}
