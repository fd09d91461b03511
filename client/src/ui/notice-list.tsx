import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import { messages } from './messages.ts';
import { currentNotices, dismissNotice, subscribeToNotices, type Notice } from './notices.ts';

const STAY_MS = 6_000;

/** The notices in a corner; F8 leads there, and they wait while the pointer or the focus is on them. */
export function NoticeList() {
  const notices = useSyncExternalStore(subscribeToNotices, currentNotices);
  return (
    <Toast.Provider label={messages.notices.label} duration={STAY_MS}>
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
      <Toast.Viewport
        label={messages.notices.region}
        className="fixed inset-x-3 bottom-18 z-50 flex flex-col gap-2 outline-none md:right-4 md:bottom-4 md:left-auto md:w-96"
      />
    </Toast.Provider>
  );
}

function NoticeCard({ notice: { id, tone, text } }: { notice: Notice }) {
  const Icon = tone === 'good' ? CircleCheck : CircleAlert;
  return (
    <Toast.Root
      type={tone === 'good' ? 'background' : 'foreground'}
      onOpenChange={(isOpen) => isOpen || dismissNotice(id)}
      className="flex animate-appear items-start gap-2 rounded-lg border border-line-strong bg-raised p-3 shadow-xl"
    >
      <Icon
        aria-hidden="true"
        className={`mt-0.5 size-4 shrink-0 ${tone === 'good' ? 'text-accent' : 'text-loss'}`}
      />
      <Toast.Description className="min-w-0 flex-1 text-sm break-words">{text}</Toast.Description>
      <Toast.Close asChild>
        <Button variant="ghost" size="icon" className="-my-1.5 -mr-1.5" aria-label={messages.help.close}>
          <X aria-hidden="true" />
        </Button>
      </Toast.Close>
    </Toast.Root>
  );
}
