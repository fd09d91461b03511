import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A mail server on this machine that keeps what it is given. `await using` closes it. */
export interface MailServer extends AsyncDisposable {
  /** As SMTP_URL. */
  readonly url: string;
  /** Whole mails as they came, their text readable; oldest first. */
  readonly mails: readonly string[];
  /** Resolves with the mail of this number, from 0, when it has come. */
  mail(no: number): Promise<string>;
}

/** @param login what it asks for before it takes anything. */
export async function serveMail(login: { user: string; pass: string }): Promise<MailServer> {
  const mails: string[] = [];
  let came = Promise.withResolvers<void>();
  const keep = async (stream: Readable, done: () => void): Promise<void> => {
    mails.push(readable(await text(stream)));
    came.resolve();
    came = Promise.withResolvers();
    done();
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === login.user && password === login.pass;
      done(isRight ? null : new Error('wrong login'), isRight ? { user: login.user } : undefined);
    },
    onData: (stream, _session, done) => void keep(stream, done),
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@127.0.0.1:${port}`,
    mails,
    async mail(no) {
      while (mails.length <= no) await came.promise;
      return mails[no] ?? '';
    },
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    },
  };
}

/** Without the line ends and escapes of quoted-printable. */
function readable(mail: string): string {
  return mail
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
