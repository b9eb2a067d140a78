import { softMsOf } from '../../core/catalog/timings.ts'
import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { type DatabaseEnd, type DatabasePort, keepDatabase } from '../../core/hooks/agent/postgres/keeper.ts'
import type { ControlCall, Health } from '../../core/hooks/contract.ts'
import { createDuty, type Duty } from '../../core/hooks/guard/duty.ts'
import type { GuardLink } from '../../core/hooks/guard/link.ts'
import type { Watch } from '../../core/hooks/guard/watch.ts'
import type { HookAnswer } from '../../core/hooks/kit/http.ts'
import { createHooks, type Kit } from '../../core/hooks/kit/kit.ts'
import type { HookOrder } from '../../core/hooks/kit/roles.ts'
import { silentLog } from '../../core/log.ts'
import { below, type Random } from '../../core/random.ts'
import { type Actor, actor } from './actor.ts'
import type { SimDatabase, SimDatabases } from './database.ts'
import { simToken } from './host.ts'

/** Rules of an agent or a guard that are broken on purpose. */
export interface KeptRules {
  /** Canary: nobody ends a database whose agent is silent. */
  noGuard?: boolean
  /** Canary: sessions go on until the very end of the lease, and a margin beyond. */
  noSoftEnd?: boolean
}

/** A guard of the simulation: the real rules, in a process of its own. */
export interface SimGuard {
  actor: Actor
  duty: Duty
}

/** What an agent keeps of a member, whichever of its lives it is in. */
export interface Kept {
  db: SimDatabase
  generation: number
  fenced: boolean
  /** What a fence by the guard carried. */
  fencedAt: number
  guard: SimGuard | null
  /** The hooks, as the present life of the agent answers them. */
  kit: Kit | null
  armed: Watch | null
  databases: SimDatabases
}

const none: Partial<DatabaseEnd> = { receipt: 'process-reaped', pid: null, startTime: null }

export interface KeptPorts {
  clock: Clock
  random: Random
  databases: SimDatabases
  strict: boolean
  rules: KeptRules
  tell(text: string): void
}

export const newKept = (db: SimDatabase, databases: SimDatabases): Kept => ({
  ...{ db, databases, generation: 0, fenced: false, fencedAt: 0, guard: null, kit: null, armed: null },
})

/** A guard begins: it is told what was armed, and what is over already ends now. */
export function startGuard(kept: Kept, { clock, databases, rules, tell }: KeptPorts): void {
  const self = actor(clock, kept.db.host.rate)
  const { db } = kept
  const same = (target: { pid: number | null }) => db.process?.pid === target.pid
  const duty = createDuty({
    clock: rules.noGuard ? { ...self.clock, after: () => () => {} } : self.clock,
    log: silentLog,
    interrupt: ({ target }) => {
      tell(`the guard interrupts ${db.id}`)
      if (same(target)) databases.interrupt(db)
    },
    runs: ({ target }) => same(target),
    kill: async (target, scope) => {
      if (scope === 'folder' || same(target)) {
        tell(`the guard kills ${db.id}`)
        databases.kill(db, false)
      }
      return { receipt: 'process-reaped' } as never
    },
    fencedAt: () => kept.fencedAt,
  })
  kept.guard = { actor: self, duty }
  if (!kept.armed) return
  try {
    duty.restore(kept.armed)
  } catch {
    // What is over needs no guard.
  }
}

export function fenceByGuard(kept: Kept, call: ControlCall, back: (answer: HookAnswer) => void) {
  if (call.generation < kept.fencedAt) return back({ status: 409, headers: {}, body: JSON.stringify({ code: 'stale-generation' }) })
  kept.fencedAt = call.generation
  void kept.guard?.duty
    .fence({ member: kept.db.id, folder: '', host: '', port: 0 })
    .then((ended) => back({ status: 200, headers: {}, body: JSON.stringify({ status: 'done', by: 'guard', ...ended }) }))
}

/** Over a socket that the kernel closes with either process. */
function linkTo(kept: Kept, agent: Actor, { clock }: KeptPorts): GuardLink {
  return {
    arm: (watch) =>
      new Promise((resolve, reject) => {
        const { guard } = kept
        const away = () => reject(fault('guard-away', { member: watch.member, problem: 'no guard' } as never))
        if (!guard || guard.actor.ended) return away()
        const cancel = agent.clock.after(500, away)
        clock.after(0.2, () =>
          guard.actor.post(() => {
            let problem: unknown = null
            try {
              guard.duty.arm(watch)
              kept.armed = watch
            } catch (error) {
              problem = error
            }
            clock.after(0.2, () =>
              agent.post(() => {
                cancel()
                problem ? reject(problem) : resolve()
              }),
            )
          }),
        )
      }),
    async disarm(member) {
      const { guard, armed } = kept
      kept.armed = null
      if (armed) guard?.actor.post(() => guard.duty.disarm(member, armed.target))
    },
    alive: () => kept.guard !== null,
    close: async () => {},
  }
}

/** One life of an agent, for one of its databases: the kit, the rules of the role, and a database that does as it is told. */
export function startKeeping(kept: Kept, agent: Actor, ports: KeptPorts): void {
  const { clock, random, databases, rules } = ports
  const { db } = kept
  const member = db.id
  const after = (ms: number) => new Promise<void>((resolve) => agent.clock.after(ms, resolve))
  const target = () => db.process && { pid: db.process.pid, startTime: null, folder: '', host: '', port: 0 }

  const startLater = () => void agent.clock.after(60 + below(random, 200), () => !kept.fenced && databases.start(db))

  function end({ killAt }: { killAt: number }): Promise<DatabaseEnd> {
    const { process } = db
    const walEnd = `0/${db.position.toString(16)}`
    if (!process) return Promise.resolve({ ...none, walEnd } as DatabaseEnd)
    return new Promise((resolve) => {
      let killed = false
      process.gone.push(() =>
        clock.after(1, () =>
          agent.post(() => resolve({ ...none, pid: process.pid, walEnd: killed ? null : `0/${db.position.toString(16)}` } as DatabaseEnd)),
        ),
      )
      databases.interrupt(db)
      agent.clock.after(Math.max(0, killAt - agent.clock.monotonic()), () => {
        if (db.process !== process) return
        killed = true
        databases.kill(db, true)
      })
    })
  }

  const port: DatabasePort = {
    target,
    promote: ({ before, signal }) =>
      new Promise((resolve, reject) => {
        const late = () => reject(fault('role-refused', { member, role: 'active', problem: 'not done in time' }))
        if (agent.clock.monotonic() >= before) return late()
        agent.clock.after(before - agent.clock.monotonic(), late)
        signal?.addEventListener('abort', late)
        databases.promote(db, () => {
          if (ports.strict) db.sync = databases.all.filter((one) => one !== db).map(({ id }) => id)
          clock.after(1, () => agent.post(() => resolve({})))
        })
      }),
    end,
    startLater,
    setFenced: (fenced) => {
      kept.fenced = fenced
    },
    setUsed: () => {},
  }

  const standby = () => {
    if (kit.isActive() || kit.role() === 'fenced') throw fault('refused', { reason: `${member} is no standby`, hint: '' })
  }

  let newest: readonly [number, number] = [0, 0]
  /** An order that a newer one has overtaken does nothing. */
  function inTurn(turn: readonly [number, number]): void {
    if (turn[0] < newest[0] || (turn[0] === newest[0] && turn[1] < newest[1])) throw fault('conflict', { problem: 'overtaken', hint: '' })
    newest = turn
  }

  const keeper = keepDatabase({
    ...{ member, db: port, guard: linkTo(kept, agent, ports), clock: agent.clock, log: silentLog },
    generation: () => kit.generation(),
    release: () => kit.release(),
  })
  const kit: Kit = createHooks({
    serviceId: member,
    token: simToken,
    roles: true,
    fenced: kept.fenced,
    outlivesRestart: true,
    base: `/members/${member}`,
    generations: {
      load: () => kept.generation,
      save: (generation) => {
        kept.generation = generation
      },
    },
    endsEarlyMs: rules.noSoftEnd ? (leaseMs) => -leaseMs : softMsOf,
    check: () => describe(db, kit.role(), databases),
    clock: agent.clock,
    log: silentLog,
    on: {
      ...keeper,
      follow: ({ body }: HookOrder) => {
        standby()
        db.primary = String(body.primary)
        startLater()
      },
      // Its walreceiver ends: what the old active still writes does not reach it.
      detach: () => {
        if (kit.isActive()) standby()
        db.primary = null
      },
      rejoin: async ({ body }: HookOrder) => {
        standby()
        await after(50 + below(random, 300))
        standby()
        await copyFrom(databases.of(String(body.primary)))
        startLater()
      },
      sync: async ({ body }: HookOrder) => {
        if (!kit.isActive()) throw fault('not-active', { member })
        const list = body.standbys as string[]
        const turn = body.turn as [number, number]
        inTurn(turn)
        const { process, position } = db
        await after(5)
        if (db.process !== process || !db.writable) throw fault('not-active', { member })
        inTurn(turn)
        db.sync = list
        for (let tries = 0; list.length > 0; tries++) {
          if (list.some((id) => databases.copies(databases.of(id), db) && databases.of(id).position >= position)) return
          if (tries > 20) throw fault('refused', { reason: 'none has caught up', hint: '' })
          await after(100)
        }
      },
      checkpoint: () => after(20),
      restart: async () => {
        if (kit.role() === 'fenced') standby()
        kit.release()
        await end({ killAt: agent.clock.monotonic() + 1_000 })
        await linkTo(kept, agent, ports).disarm(member)
        await after(100)
        if (kept.fenced) standby()
        databases.start(db)
        return { answers: true }
      },
    },
  })

  async function copyFrom(primary: SimDatabase): Promise<void> {
    db.primary = primary.id
    if (databases.holds(primary, db)) return
    if (!databases.runs(primary) || !primary.host.reachable) throw fault('refused', { reason: 'the primary does not answer', hint: '' })
    await end({ killAt: agent.clock.monotonic() + 1_000 })
    databases.copy(db, primary)
  }

  kept.kit = kit
  // What an earlier life left behind may be writable, and its lease is not known here.
  if (db.process) void end({ killAt: agent.clock.monotonic() + 1_000 }).then(startLater)
  else startLater()
}

/** Its processes ended, and the agent did not order it. */
export function lostBy(kept: Kept, agent: Actor | null): void {
  agent?.post(() => kept.kit?.release())
}

export function describe(db: SimDatabase, role: string, databases: SimDatabases): Pick<Health, 'checks'> & { status: 'pass' | 'fail' } {
  if (!db.process) return { status: 'fail', checks: {} }
  if (db.process.actor.frozen || db.writable !== (role === 'active')) return { status: 'fail', checks: {} }
  const check = (observedValue: string | number | boolean) => [{ observedValue, status: 'pass' as const }]
  const place = { 'wal:position': check(db.position), 'wal:timeline': check(db.timeline) }
  if (db.writable)
    return {
      status: 'pass',
      checks: { ...place, 'replication:standbys': check(databases.standbysOf(db).join()), 'replication:sync': check(db.sync.join()) },
    }
  const primary = db.primary === null ? null : databases.of(db.primary)
  const streaming = primary !== null && databases.copies(db, primary)
  return {
    status: 'pass',
    checks: { ...place, 'replication:lag': check(0), 'replication:state': check(streaming ? 'streaming' : 'waiting') },
  }
}
