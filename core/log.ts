import { pino } from 'pino'

/** Key/value logger; `child({ incidentId })` scopes it. */
export interface Log {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
  child(fields: object): Log
}

/** JSON lines to `fd` (2 = stderr); anything that looks like a secret is cut. */
export function openLog(options: { level?: string; fd?: number } = {}): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      redact: {
        paths: [
          'token',
          'authorization',
          '*.token',
          '*.authorization',
          'headers.authorization',
          '*.headers.authorization',
          'password',
          '*.password',
        ],
        censor: '[cut]',
      },
    },
    pino.destination({ fd: options.fd ?? 2, sync: true }),
  )
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
