import { getRouteApi } from '@tanstack/react-router';
import { ACCOUNT_TABS } from '../../routes/search.ts';
import { accountText } from '../../ui/messages/account.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import type { User } from '../session/use-me.ts';
import { ApiKeysTab } from './api-keys-tab.tsx';
import { DataTab } from './data-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { SecurityTab } from './security-tab.tsx';
import { SessionsTab } from './sessions-tab.tsx';
import { SpendingTab } from './spending-tab.tsx';
import { UsageTab } from './usage-tab.tsx';

const route = getRouteApi('/account');
const text = accountText;

export function AccountPage() {
  return <SignedIn>{(user) => <Account user={user} />}</SignedIn>;
}

function Account({ user }: { user: User }) {
  const { tab, period, by } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const pages = {
    security: <SecurityTab user={user} />,
    sessions: <SessionsTab />,
    keys: <ApiKeysTab />,
    spending: <SpendingTab period={period} by={by} onChange={change} />,
    usage: <UsageTab />,
    log: <HistoryTab userId={user.id} />,
    data: <DataTab user={user} />,
  };
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader title={text.title} lead={text.lead(user.username, text.roles[user.role])} />
      <Panel>
        <Tabs
          value={tab}
          onValueChange={(next) => void navigate({ search: { tab: next as typeof tab }, replace: true })}
        >
          <TabList aria-label={text.title}>
            {ACCOUNT_TABS.map((name) => (
              <Tab key={name} value={name}>
                {text.tabs[name]}
              </Tab>
            ))}
          </TabList>
          {ACCOUNT_TABS.map((name) => (
            <TabPanel key={name} value={name}>
              {pages[name]}
            </TabPanel>
          ))}
        </Tabs>
      </Panel>
    </div>
  );
}
