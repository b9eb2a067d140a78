import type pg from 'pg'
import { mayRetry } from './postgres-errors.ts'

/** A piece of writing that waits for its turn. */
export interface Job<Result = unknown> {
  /** Runs it within a transaction that is open on `client`. May be called again after a failure. */
  run(client: pg.PoolClient): Promise<Result>
  /** A single statement that may commit by itself, when it is alone. */
  alone?(): Promise<Result>
}

interface Waiting {
  job: Job
  attempt: number
  resolve(result: unknown): void
  reject(error: unknown): void
}

export interface LaneOptions {
  connect(): Promise<pg.PoolClient>
  /** Opens a transaction and takes the turn among all writers of the store. */
  opening: string
  /** What is to be said before the commit, if anything. */
  closing(client: pg.PoolClient): string | null
  /** The error to tell; `committing`: the commit may have been sent. */
  failed(error: unknown, committing: boolean): unknown
}

/** Transactions that share one commit at most. */
const groupLimit = 64
/** How often one that met another writer is tried in all. */
const tries = 5

/**
 * All writers take turns, so more than one connection of ours would only wait in the server instead of here. What comes while
 * a commit is under way shares the next one; each has a savepoint of its own, so that a failing one takes no other with it.
 */
export function openLane({ connect, opening, closing, failed }: LaneOptions) {
  const queue: Waiting[] = []
  let pumping: Promise<void> | null = null

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      const [first] = queue
      if (queue.length === 1 && first?.job.alone) await single(queue.shift() as Waiting)
      else await together(queue.splice(0, groupLimit))
    }
    pumping = null
  }

  async function single(one: Waiting): Promise<void> {
    try {
      one.resolve(await one.job.alone?.())
    } catch (error) {
      if (!again(one, error)) one.reject(failed(error, true))
    }
  }

  async function together(group: Waiting[]): Promise<void> {
    let client: pg.PoolClient | undefined
    let broken = true
    const committing = { sent: false }
    try {
      client = await connect()
      const settles = await transaction(client, group, committing)
      broken = false
      for (const settle of settles) settle()
    } catch (error) {
      const told = failed(error, committing.sent)
      for (const one of group) one.reject(told)
    } finally {
      client?.release(broken)
    }
  }

  /** Nothing is awaited that need not be: the server works off what is sent in its order, and refuses all after a failed opening. */
  async function transaction(client: pg.PoolClient, group: readonly Waiting[], committing: { sent: boolean }): Promise<(() => void)[]> {
    const heard: Promise<unknown>[] = []
    const send = (text: string) => {
      const sent = client.query(text)
      sent.catch(() => {})
      heard.push(sent)
    }
    send(opening)
    const settles: (() => void)[] = []
    for (const one of group) {
      send('savepoint one')
      try {
        const result = await one.job.run(client)
        settles.push(() => one.resolve(result))
        send('release one')
      } catch (error) {
        await Promise.all(heard)
        await client.query('rollback to one; release one')
        settles.push(() => {
          if (!again(one, error)) one.reject(failed(error, false))
        })
      }
    }
    const last = closing(client)
    if (last !== null) send(last)
    await Promise.all(heard)
    committing.sent = true
    await client.query('commit')
    return settles
  }

  function again(one: Waiting, error: unknown): boolean {
    if (one.attempt >= tries || !mayRetry(error)) return false
    one.attempt++
    queue.push(one)
    pumping ??= pump()
    return true
  }

  return {
    enter<Result>(job: Job<Result>): Promise<Result> {
      return new Promise((resolve, reject) => {
        queue.push({ job, attempt: 1, resolve: resolve as (result: unknown) => void, reject })
        pumping ??= pump()
      })
    },
    /** Ends when nothing waits any more. */
    async idle(): Promise<void> {
      while (pumping) await pumping
    },
  }
}
