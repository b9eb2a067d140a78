import { softMsOf } from '../../../catalog/timings.ts'
import type { Clock } from '../../../clock.ts'
import { fault } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import type { GuardLink } from '../../guard/link.ts'
import type { GenerationMemory } from '../../kit/gate.ts'
import { createHooks, type Kit } from '../../kit/kit.ts'
import type { HookOrder } from '../../kit/roles.ts'
import type { MemberView } from '../member.ts'
import { type DatabaseOptions, type DatabaseState, openDatabase } from './database.ts'
import { databaseCheck } from './health.ts'
import { keepDatabase } from './keeper.ts'
import { findUser } from './programs.ts'
import { detach, follow, type RejoinOptions, rejoin } from './rejoin.ts'
import { checkPlace, type Place } from './settings.ts'
import { synchroniser, type Turn } from './sync.ts'

export interface DatabaseMemberOptions {
  place: Place
  controlToken: string
  generations: GenerationMemory
  guard: GuardLink
  env: Record<string, string | undefined>
  outputFd: number
  clock: Clock
  log: Log
  state: DatabaseState
  save: DatabaseOptions['save']
  /** What a probe waits for an answer of the health hook. */
  patienceMs: number
  onExit: DatabaseOptions['onExit']
  onDown(): void
  onStarted(pid: number): void
}

const isTurn = (value: unknown): value is Turn => Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger)

/** A database that the agent keeps: its hooks, its processes, its role. */
export interface DatabaseMember {
  id: string
  hooks: Kit
  /** Does not throw. */
  boot(): Promise<void>
  /** For the fallback: starts it, as a standby, if it is down and wanted; null when there was nothing to do. */
  revive(): Promise<{ pid: number } | null>
  view(): MemberView
  /** Ends it in order, for good in this life of the agent. */
  stop(): Promise<void>
  close(): void
}

const checkpointLimitMs = 600_000
const startLimitMs = 10_000
const stopMs = 10_000

/** Faults: `database-unusable`, for a configuration that could never work on this host. */
export async function openDatabaseMember(options: DatabaseMemberOptions): Promise<DatabaseMember> {
  const { place, guard, clock, log, state, env } = options
  const { member } = place
  checkPlace(place)
  const user = await findUser(place)
  const db = openDatabase({ ...options, user, onLost: () => hooks.release() })
  const keeper = keepDatabase({ member, db, guard, clock, log, generation: () => hooks.generation(), release: () => hooks.release() })
  const limitMs = Math.max(50, Math.min(1_000, options.patienceMs * 0.8))

  const standby = (what: string) => {
    if (hooks.isActive())
      throw fault('refused', { reason: `${member} is the active one: ${what} is for a standby.`, hint: 'Switch over first.' })
    if (hooks.role() === 'fenced') throw fault('refused', { reason: `${member} is fenced.`, hint: 'Send unfence first.' })
  }
  const active = () => {
    if (!hooks.isActive()) throw fault('not-active', { member })
  }

  /** Whatever is under way must end before it may become active. */
  let rejoining = false
  const copying: RejoinOptions = { place, user, env, db, clock, log, state, check: () => standby('copying another member') }
  const synchronised = synchroniser(copying)

  async function rejoined(primary: unknown, rebuild: boolean, generation: number) {
    if (rejoining) throw fault('conflict', { problem: `${member} is being made a standby already.`, hint: 'Wait until that has ended.' })
    rejoining = true
    try {
      // Whom it copies may be another one by now: what it has of that one must not be given up for what it was to copy before.
      const check = () => {
        copying.check()
        const seen = hooks.generation()
        if (seen > generation) throw fault('stale-generation', { seen, member, given: generation })
      }
      return await rejoin({ ...copying, check }, primary, rebuild)
    } finally {
      rejoining = false
    }
  }

  async function restart(): Promise<Record<string, unknown>> {
    if (hooks.role() === 'fenced') standby('restart')
    // Nothing that was active comes back as such; its role ends here, whoever gave it.
    hooks.release()
    db.setWanted(true)
    await db.end({ killAt: clock.monotonic() + stopMs })
    await guard.disarm(member)
    const started = await db.start()
    return { ...started, answers: await db.answers(startLimitMs) }
  }

  const hooks: Kit = createHooks({
    serviceId: member,
    token: options.controlToken,
    roles: true,
    fenced: state.fenced,
    outlivesRestart: true,
    process: () => db.view().process,
    base: `/members/${member}`,
    generations: options.generations,
    endsEarlyMs: softMsOf,
    checkLimitMs: limitMs + 20,
    check: databaseCheck({ place, db, state, role: () => hooks.role(), limitMs }),
    clock,
    log,
    on: {
      ...keeper,
      promote: (order: HookOrder) => {
        if (rejoining) throw fault('role-refused', { member, role: 'active', problem: 'it is being made a standby' })
        return keeper.promote(order)
      },
      follow: ({ body }: HookOrder) => {
        standby('follow')
        return follow(copying, body.primary)
      },
      detach: () => {
        if (hooks.isActive()) standby('detach')
        return detach(copying)
      },
      rejoin: ({ body, generation }: HookOrder) => {
        standby('rejoin')
        if (body.rebuild !== undefined && typeof body.rebuild !== 'boolean')
          throw fault('bad-request', { problems: 'rebuild: true or false' })
        return rejoined(body.primary, body.rebuild === true, generation)
      },
      sync: ({ body }: HookOrder) => {
        active()
        const { standbys, turn } = body
        if (!Array.isArray(standbys) || standbys.some((id) => typeof id !== 'string'))
          throw fault('bad-request', { problems: 'standbys: a list of member ids' })
        if (turn !== undefined && !isTurn(turn)) throw fault('bad-request', { problems: 'turn: two whole numbers' })
        return synchronised([...new Set(standbys as string[])], turn)
      },
      checkpoint: async () => {
        active()
        const began = clock.monotonic()
        await db.orders.ask('checkpoint', [], checkpointLimitMs)
        return { tookMs: Math.round(clock.monotonic() - began) }
      },
      start: () => {
        db.setWanted(true)
        return db.start()
      },
      restart,
    },
  })

  return {
    id: member,
    hooks,
    boot: db.boot,
    async revive() {
      const { wanted, fenced, downSince } = db.view()
      return wanted && !fenced && downSince !== null ? db.start() : null
    },
    view: db.view,
    async stop() {
      db.setWanted(false)
      hooks.release()
      await db.end({ killAt: clock.monotonic() + stopMs })
      await guard.disarm(member)
    },
    close: db.close,
  }
}
