import pg from 'pg'
import type { Clock } from '../../../clock.ts'
import { fault } from '../../../errors.ts'
import { within } from '../../kit/http.ts'

export interface ConnectionOptions {
  host: string
  port: number
  user: string
  password: string | null
  name: string
  clock: Clock
}

export type Row = Record<string, unknown>

/** One connection that is kept, and made anew when it broke. One statement at a time. */
export interface Connection {
  /** Connects if need be, then asks; all of it within the limit. One that is late is cut: whatever it was doing may still happen. */
  ask(text: string, values: readonly unknown[], withinMs: number): Promise<Row[]>
  /** True while it is there and idle: then a statement leaves in the tick of the call. */
  ready(): boolean
  cut(): void
}

export function connectLater({ host, port, user, password, name, clock }: ConnectionOptions): Connection {
  const target = `the database at ${host}:${port}`
  let client: pg.Client | null = null
  let connected = false
  let waiting = 0
  let tail: Promise<unknown> = Promise.resolve()

  function cut(one = client) {
    if (one === client) {
      client = null
      connected = false
    }
    if (one) stream(one).destroy()
  }

  async function connect(): Promise<pg.Client> {
    if (client) return client
    const made = new pg.Client({
      host,
      port,
      user,
      password: password ?? undefined,
      database: 'postgres',
      application_name: `jidoka ${name}`,
    })
    client = made
    const over = () => {
      if (client === made) cut()
    }
    made.on('error', over)
    made.on('end', over)
    try {
      await made.connect()
    } catch (error) {
      over()
      throw error
    }
    if (client === made) connected = true
    return made
  }

  async function one(text: string, values: readonly unknown[], endsAt: number): Promise<Row[]> {
    const made = await connect()
    if (clock.monotonic() >= endsAt) throw late(0)
    return (await made.query(text, [...values])).rows
  }

  const late = (timeoutMs: number) => fault('target-timeout', { target, timeoutMs: Math.round(timeoutMs) })

  return {
    ask(text, values, withinMs) {
      const endsAt = clock.monotonic() + withinMs
      waiting++
      const run = tail.then(() => one(text, values, endsAt))
      tail = run.catch(() => {})
      const bounded = within(clock, Math.max(1, withinMs), run, () => {
        cut()
        return late(withinMs)
      })
      return bounded
        .catch((error) => {
          throw error.code === 'ECONNREFUSED' ? fault('target-refused', { target }, error) : error
        })
        .finally(() => {
          waiting--
        })
    },
    ready: () => connected && waiting === 0,
    cut: () => cut(),
  }
}

const stream = (client: pg.Client) => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream
