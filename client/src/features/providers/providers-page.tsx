import { getRouteApi } from '@tanstack/react-router';
import { messages } from '../../ui/messages.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { ProvidersTab } from './providers-tab.tsx';
import { WalletsTab } from './wallets-tab.tsx';

const route = getRouteApi('/providers');
const text = providersText;

export function ProvidersPage() {
  return <SignedIn least="user">{() => <Providers />}</SignedIn>;
}

function Providers() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="mx-auto max-w-5xl">
      <PageHeader title={text.title} lead={text.lead} />
      <Panel>
        <Tabs
          value={tab}
          onValueChange={(next) => void navigate({ search: { tab: next as typeof tab }, replace: true })}
        >
          <TabList aria-label={messages.session.providers}>
            <Tab value="providers">{text.tabs.providers}</Tab>
            <Tab value="wallets">{text.tabs.wallets}</Tab>
          </TabList>
          <TabPanel value="providers">
            <ProvidersTab />
          </TabPanel>
          <TabPanel value="wallets">
            <WalletsTab />
          </TabPanel>
        </Tabs>
      </Panel>
    </div>
  );
}
