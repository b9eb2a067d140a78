import pg from 'pg'

/** One commit that a client was told of. Times by performance.now(). */
export interface Ack {
  at: number
  id: number
  /** Port of the server that said so. */
  port: number
  /** When the connection was asked for, and when the write was sent. */
  since: number
  sentAt: number
  /** Of the WAL that it went to: a newer one for each promotion. */
  timeline: number
}

export interface Writer {
  acks: Ack[]
  errors: number
  end(): Promise<void>
}

const write = 'insert into bench values ($1) returning inet_server_port(), pg_walfile_name(pg_current_wal_insert_lsn())'
let nextId = 0
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Commits one row after the other, each with an id of its own, and dials again whenever something breaks. */
export function startWriter(url: string, pauseMs = 2): Writer {
  const acks: Ack[] = []
  const writer: Writer = { acks, errors: 0, end: async () => {} }
  let halted = false
  const done = run()

  async function run(): Promise<void> {
    while (!halted) {
      const since = performance.now()
      const client = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: 2_000,
        statement_timeout: 3_000,
        query_timeout: 3_500,
      })
      client.on('error', () => {})
      try {
        await client.connect()
        while (!halted) {
          const id = ++nextId
          const sentAt = performance.now()
          const { rows } = await client.query({ name: 'write', text: write, values: [id], rowMode: 'array' })
          const [port, segment] = rows[0] as unknown as [number, string]
          acks.push({ at: performance.now(), id, port, since, sentAt, timeline: Number.parseInt(segment.slice(0, 8), 16) })
          if (pauseMs > 0) await sleep(pauseMs)
        }
      } catch {
        writer.errors++
        await sleep(10)
      } finally {
        void client.end().catch(() => {})
      }
    }
  }

  writer.end = async () => {
    halted = true
    await Promise.race([done, sleep(6_000)])
  }
  return writer
}

/** The first commit on a connection that was asked for after `from`; null when there is none in time. */
export async function firstAfter(writer: Writer, from: number, limitMs: number, notPort?: number): Promise<Ack | null> {
  for (let seen = 0; performance.now() - from < limitMs; await sleep(2))
    for (; seen < writer.acks.length; seen++) {
      const ack = writer.acks[seen] as Ack
      if (ack.since > from && ack.port !== notPort) return ack
    }
  return null
}

/** Commits that a client was told of, and that this server does not have. */
export async function lostOn(url: string, acks: readonly Ack[]): Promise<number[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query({ text: 'select id from bench', rowMode: 'array' })
    const have = new Set(rows.map(([id]) => Number(id)))
    return acks.map(({ id }) => id).filter((id) => !have.has(id))
  } finally {
    await client.end()
  }
}
