import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ADMIN_TABS } from '../../routes/search.ts';
import { adminText } from '../../ui/messages/admin.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { hasRole, type User } from '../session/use-me.ts';
import { AuditTab } from './audit-tab.tsx';
import { CareTab } from './care-tab.tsx';
import { InvitesTab } from './invites-tab.tsx';
import { PricesTab } from './prices-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { UsersTab } from './users-tab.tsx';

const route = getRouteApi('/admin');
const text = adminText;

type TabName = (typeof ADMIN_TABS)[number];
/** What moderators may see; the rest is for administrators. */
const MODERATOR_TABS: readonly TabName[] = ['users', 'log'];

export function AdminPage() {
  return <SignedIn least="moderator">{(user) => <Admin user={user} />}</SignedIn>;
}

function Admin({ user }: { user: User }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isAdmin = hasRole(user, 'admin');
  const tabs = isAdmin ? ADMIN_TABS : MODERATOR_TABS;
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const pages: Record<TabName, ReactNode> = {
    users: (
      <UsersTab
        me={user}
        q={search.q}
        onSearch={(q) => change({ q })}
        onShowLog={(id) => change({ tab: 'log', user: id, action: '' })}
      />
    ),
    invites: <InvitesTab />,
    settings: <SettingsTab />,
    prices: <PricesTab />,
    log: <AuditTab action={search.action} userId={search.user} onChange={change} />,
    care: <CareTab />,
  };
  return (
    <>
      <PageHeader title={isAdmin ? text.title : text.moderation} lead={text.lead} />
      <Panel>
        <Tabs
          value={tabs.includes(search.tab) ? search.tab : 'users'}
          onValueChange={(tab) => change({ tab: tab as TabName })}
        >
          <TabList aria-label={text.title}>
            {tabs.map((name) => (
              <Tab key={name} value={name}>
                {text.tabs[name]}
              </Tab>
            ))}
          </TabList>
          {tabs.map((name) => (
            <TabPanel key={name} value={name}>
              {pages[name]}
            </TabPanel>
          ))}
        </Tabs>
      </Panel>
    </>
  );
}
