import { pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger } from 'pino';

const REDACTED_PATHS = [
  'password',
  'apiKey',
  'token',
  'authorization',
  'cookie',
  '*.password',
  '*.apiKey',
  '*.token',
  '*.authorization',
  '*.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
];

/** The root logger: readable on a terminal, one JSON object a line otherwise. Subsystems take `.child({ subsystem })`. */
export function createLogger(options: { level: string; pretty: boolean }): Logger {
  const base: LoggerOptions = {
    level: options.level,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
  if (!options.pretty) return pino(base);
  return pino({
    ...base,
    transport: {
      target: 'pino-pretty',
      options: { ignore: 'pid,hostname,subsystem', messageFormat: '[{subsystem}] {msg}' },
    },
  });
}

export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
