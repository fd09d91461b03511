import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Bot, ChevronDown, KeyRound, LogOut, Settings, ShieldCheck } from 'lucide-react';
import { call } from '../../api/call.ts';
import type { Me } from '../../api/contract.ts';
import { keys } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { forgetDrafts } from '../../ui/drafts.ts';
import { messages } from '../../ui/messages.ts';
import { useAct } from '../../ui/use-act.ts';
import { hasRole, type User } from './use-me.ts';

const text = messages.session;

/** Where one's own things are, and the way out. */
export function UserMenu({ user }: { user: User }) {
  const navigate = useNavigate();
  const logOut = useLogOut();
  return (
    <Menu
      label={text.menu}
      trigger={
        <Button
          variant="ghost"
          size="sm"
          className="h-8 max-w-44 text-sm"
          aria-label={text.menuOf(user.username)}
        >
          <span
            aria-hidden="true"
            className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-wash text-xs font-semibold text-accent"
          >
            {user.username.slice(0, 1).toUpperCase()}
          </span>
          <span className="hidden truncate lg:inline">{user.username}</span>
          <ChevronDown aria-hidden="true" className="hidden sm:block" />
        </Button>
      }
    >
      <MenuLabel>{user.username}</MenuLabel>
      <MenuItem onSelect={() => void navigate({ to: '/me' })}>
        <Bot aria-hidden="true" /> {text.myBots}
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: '/providers', search: { tab: 'providers' } })}>
        <KeyRound aria-hidden="true" /> {text.providers}
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: '/account', search: { tab: 'security' } })}>
        <Settings aria-hidden="true" /> {text.account}
      </MenuItem>
      {hasRole(user, 'moderator') && (
        <MenuItem onSelect={() => void navigate({ to: '/admin' })}>
          <ShieldCheck aria-hidden="true" /> {hasRole(user, 'admin') ? text.admin : text.moderation}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem onSelect={logOut.run}>
        <LogOut aria-hidden="true" /> {text.logOut}
      </MenuItem>
    </Menu>
  );
}

function useLogOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useAct(
    () => call('logOut'),
    async () => {
      forgetDrafts();
      await navigate({ to: '/' });
      queries.setQueryData<Me>(keys.me, (me) => me && { ...me, user: null });
    },
  );
}
