import type { Config } from '../config/config.ts';
import type { Logger } from '../log.ts';

const TIMEOUT_MS = 15_000;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /** Hands a mail over in the background: whoever asks for it must not learn whether there was anything to send. */
  send(mail: Mail): void;
  /** Resolves when all that was handed over is sent or has failed. */
  idle(): Promise<void>;
}

/** null when no mail server is configured; then nothing of it is loaded, either. */
export async function createMailer(
  { smtpUrl, mailFrom }: Config['accounts'],
  log: Logger,
): Promise<Mailer | null> {
  if (smtpUrl === null) return null;
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(
    {
      url: smtpUrl.reveal(),
      connectionTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: mailFrom },
  );
  const sending = new Set<Promise<unknown>>();
  return {
    send(mail) {
      const sent = transport
        .sendMail(mail)
        .catch((error: unknown) => log.error({ err: error }, 'a mail could not be sent'))
        .finally(() => sending.delete(sent));
      sending.add(sent);
    },
    async idle() {
      await Promise.all(sending);
    },
  };
}
