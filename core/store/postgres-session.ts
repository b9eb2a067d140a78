import pg from 'pg'
import type { Clock } from '../clock.ts'

/** A connection of its own, for what lasts as long as a session does: a lock, a subscription. */
export interface Session {
  /** Of its process at the server. */
  pid: number
  /** One statement. Breaks the session when it is not answered in time. */
  ask(text: string, values?: readonly unknown[], withinMs?: number): Promise<Record<string, unknown>[]>
  /** Resolves with the reason when the session is over, whoever ended it. */
  over: Promise<string>
  /** Ends it at once, without a word to the server. */
  cut(reason: string): void
}

export interface SessionOptions {
  url: string
  clock: Clock
  /** Called with the server process that notified. */
  onNotice?: (pid: number) => void
}

/** How long a server may take to be reached, or to answer a word. */
export const answerWithinMs = 3_000

/**
 * Whoever vanishes without a word is missed within seconds, on both sides. Settings that this server does not know, or not on its
 * platform, are left out.
 */
const watchful = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '5000',
  tcp_keepalives_idle: '2',
  tcp_keepalives_interval: '1',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '5000',
  client_connection_check_interval: '1000',
}

/** Bounded: it is there within three seconds, or it fails. */
export async function openSession({ url, clock, onNotice }: SessionOptions): Promise<Session> {
  const client = new pg.Client({
    ...{ connectionString: url, application_name: 'jidoka', pipeline: true },
    ...{ keepAlive: true, keepAliveInitialDelayMillis: 1_000 },
  })
  let ended = false
  let tell: (reason: string) => void = () => {}
  const over = new Promise<string>((resolve) => {
    tell = resolve
  })
  /** Those who wait for an answer. */
  const waiting = new Set<(error: Error) => void>()
  function cut(reason: string, code = '08006'): void {
    if (ended) return
    ended = true
    tell(reason)
    for (const reject of waiting) reject(Object.assign(new Error(reason), { code }))
    stream(client).destroy()
  }
  client.on('error', (error) => cut(error.message))
  client.on('end', () => cut('the server closed the connection'))
  if (onNotice) client.on('notification', ({ processId }) => onNotice(processId))

  function bounded<Result>(work: Promise<Result>, withinMs: number | undefined): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const expire = () => cut(`no answer within ${withinMs} ms`, 'ETIMEDOUT')
      const cancel = withinMs === undefined ? () => {} : clock.after(withinMs, () => afterReading(() => waiting.has(reject) && expire()))
      waiting.add(reject)
      const settled = () => {
        waiting.delete(reject)
        cancel()
      }
      void work.then(resolve, reject).then(settled)
    })
  }
  async function ask(text: string, values: readonly unknown[] = [], withinMs?: number): Promise<Record<string, unknown>[]> {
    return (await bounded(client.query(text, values as unknown[]), withinMs)).rows
  }

  try {
    await bounded(client.connect(), answerWithinMs)
    for (const [name, value] of Object.entries(watchful)) {
      // One by one: a platform may refuse a setting that the server lists.
      await ask('select set_config(name, $2, false) from pg_settings where name = $1', [name, value], answerWithinMs).catch((error) => {
        if (ended) throw error
      })
    }
  } catch (error) {
    cut('it could not be opened')
    throw error
  }
  return { pid: (client as unknown as { processID: number }).processID, ask, over, cut }
}

/** An answer that came while this process stood still counts: it is read before we judge. */
const afterReading = (judge: () => void) => void setImmediate(() => setImmediate(judge))

const stream = (client: pg.Client) => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream
