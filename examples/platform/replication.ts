import type { HealthCheck } from '../../core/hooks/contract.ts'
import { ask } from './service.ts'
import { type Entry, type Position, type Sessions, type Snapshot, samePosition } from './sessions.ts'

/**
 * Session state goes from the active member to the standby before the answer goes to the user, as long as the standby keeps
 * up. One that does not answer in time is `away`: users wait for it no longer, and it catches up when it is back. So an
 * acknowledged packet is lost only when the active member dies while its standby is away; `replication:lag` tells.
 *
 *   POST /replica {generation, head, after, entries} | {generation, head, snapshot}    {position}
 *   GET  /replica                                                                      {position, sessions}
 */
export interface Replication {
  /** Resolves when the standby holds this entry, or is away. */
  stored(entry: Entry): Promise<void>
  /** The peer serves a newer generation than ours: we are not the active member any more, and only have not been told yet. */
  overtaken(): boolean
  /** Answers POST /replica. */
  receive(batch: Batch): { status: number; body: object }
  /** A member that has just started takes over the whole state of its peer. False: the peer did not answer. */
  catchUp(): Promise<boolean>
  lag(): HealthCheck
  stop(): void
}

export interface Batch {
  generation: number
  head: number
  after?: Position
  entries?: Entry[]
  snapshot?: Snapshot
}

export interface ReplicationPorts {
  peer: string
  token: string
  sessions: Sessions
  isActive(): boolean
  generation(): number
}

const beatMs = 250
const pushTimeoutMs = 100
const snapshotTimeoutMs = 2_000
const batchEntries = 500
/** A standby further behind than this should not take over. */
const maxLag = 1_000

export function createReplication({ peer, token, sessions, isActive, generation }: ReplicationPorts): Replication {
  /** The newest generation heard from the peer. */
  let heard = 0
  // As the active member: where the standby is (null: to be found out), and who waits for it.
  let peerAt: Position | null = null
  let away = true
  let pushing = false
  let waiting: { index: number; resolve: () => void }[] = []
  // As the standby: the peer's last index, and whether it has ever told.
  let head = 0
  let synced = false

  const lagOfPeer = () => sessions.position().index - (peerAt?.index ?? 0)

  function release(upTo: number): void {
    const ready = waiting.filter(({ index }) => index <= upTo)
    waiting = waiting.filter(({ index }) => index > upTo)
    for (const { resolve } of ready) resolve()
  }

  async function pushOnce(): Promise<void> {
    const position = sessions.position()
    const after = peerAt ?? position
    const entries = sessions.since(after, batchEntries)
    const batch: Batch = {
      generation: generation(),
      head: position.index,
      ...(entries ? { after, entries } : { snapshot: sessions.snapshot() }),
    }
    // Nobody waits while a whole state is under way.
    if (!entries) giveUp()
    const { status, body } = await ask(`${peer}/replica`, {
      method: 'POST',
      body: batch,
      token,
      timeoutMs: entries ? pushTimeoutMs : snapshotTimeoutMs,
    })
    if (status !== 200 && status !== 409) throw new Error(`the peer answered ${status}`)
    if (typeof body.generation === 'number') heard = Math.max(heard, body.generation)
    if (!body.position) throw new Error('the peer refused')
    peerAt = body.position as Position
    if (sessions.since(peerAt, 0) === null) return
    away = lagOfPeer() > batchEntries
    release(peerAt.index)
  }

  function giveUp(): void {
    away = true
    release(Number.POSITIVE_INFINITY)
  }

  /** One at a time: what is appended meanwhile goes with the next batch. */
  async function push(): Promise<void> {
    if (pushing || !isActive()) return
    pushing = true
    try {
      // Once more at once: a connection that the peer's last life left behind, or our own standstill, is not its absence.
      do await pushOnce().catch(pushOnce)
      while (isActive() && !(peerAt && samePosition(peerAt, sessions.position())))
    } catch {
      peerAt = null
      giveUp()
    } finally {
      pushing = false
      if (!isActive()) giveUp()
    }
  }

  // Also when there is nothing to send: a standby that came back is found, and it knows how far the active member is.
  const beat = setInterval(() => void push(), beatMs)

  return {
    stored({ index }) {
      void push()
      if (away || (peerAt !== null && peerAt.index >= index)) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ index, resolve }))
    },

    overtaken: () => heard > generation(),

    receive(batch) {
      const newest = Math.max(heard, generation())
      if (isActive() || batch.generation < newest) return { status: 409, body: { code: 'stale-generation', generation: newest } }
      heard = batch.generation
      head = batch.head
      if (batch.snapshot) sessions.load(batch.snapshot)
      else if (!batch.after || !batch.entries || !sessions.apply(batch.after, batch.entries))
        return { status: 409, body: { position: sessions.position() } }
      synced = true
      return { status: 200, body: { position: sessions.position() } }
    },

    async catchUp() {
      if (synced) return true
      try {
        const { status, body } = await ask(`${peer}/replica`, { token, timeoutMs: 400 })
        if (status !== 200) return false
        // A push of the active member may have come first; it is newer.
        if (!synced && !isActive()) {
          sessions.load(body as unknown as Snapshot)
          head = sessions.position().index
          synced = true
        }
        return true
      } catch {
        return false
      }
    },

    lag() {
      if (isActive())
        return {
          observedValue: lagOfPeer(),
          observedUnit: 'entries',
          status: 'pass',
          output: away ? 'the standby is away' : 'the standby follows',
        }
      // No status: alone, it is still the best that there is, and restarting it would not bring the peer's state.
      if (!synced) return { output: 'no state received yet: the peer does not answer' }
      const behind = Math.max(0, head - sessions.position().index)
      return { observedValue: behind, observedUnit: 'entries', status: behind > maxLag ? 'fail' : 'pass' }
    },

    stop() {
      clearInterval(beat)
    },
  }
}
