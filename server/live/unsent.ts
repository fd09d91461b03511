import type { LiveSocket } from './sockets.ts';

/** What lies beneath a socket.io socket, as far as it is needed to see and stop a reader that does not read. */
interface Connection {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: {
    readonly name: string;
    readonly socket?: { readonly bufferedAmount: number; terminate(): void };
  };
  close(discard: boolean): void;
}

/** Bytes (characters, for text not yet encoded) that wait in this process for the client to read. */
export function unsentBytes(socket: LiveSocket): number {
  const { writeBuffer, transport } = connectionOf(socket);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) if (typeof data === 'string') bytes += data.length;
  return bytes;
}

/** Ends the connection without waiting for anything to be read. The client reconnects and resumes, when it can. */
export function cutOff(socket: LiveSocket): void {
  const connection = connectionOf(socket);
  if (connection.transport.name === 'websocket') connection.transport.socket?.terminate();
  else connection.close(true);
}

function connectionOf(socket: LiveSocket): Connection {
  return socket.conn as unknown as Connection;
}
