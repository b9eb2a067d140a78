import { type AlertInput, keyOf, type Signal } from '../../core/alerts/alert.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Term } from '../../core/journal/leader.ts'
import { silentLog } from '../../core/log.ts'
import type { MemberStatus, Observation, StatusBoard } from '../../core/probes/probe.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { createEngine, type Engine } from '../../remediation/engine.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { nothingElse } from '../virtual-clock.ts'
import type { Life } from './life.ts'
import { neverAborted, type SimWorld } from './world.ts'

const lookEveryMs = 500
const failAfter = 2
/** As the real detector does: what goes on is told again, should it have been lost or taken for mended. */
const againMs = 10_000
const lookLimits = { timeoutMs: 300, signal: neverAborted }

export interface SimController {
  life: Life
  /** An agent reports an exit; the answer tells that it is durable. Whoever leads or not takes it. */
  report(member: string, detail: string): Promise<void>
  /** Another controller wrote something. */
  hear(component: string): void
  /** From here on it acts. */
  lead(term: Term): Promise<void>
  /** From here on others act. */
  follow(): Promise<void>
  readonly leads: boolean
}

export interface ControllerPorts {
  journal: Journal
  world: SimWorld
  catalog: Catalog
  runbooks: readonly Runbook[]
  actions: readonly AnyAction[]
  holder: string
  /** What this one wrote is news for the others that share the store. */
  onWrite(component: string): void
  onError(error: unknown): void
}

/** The real engine with a plain detector, over one life's view of the journal, the world and the clock. It looks always, and acts while it leads. */
export function startController(life: Life, ports: ControllerPorts): SimController {
  const { catalog } = ports
  const journal = life.wrap(ports.journal)
  const world = life.wrap(ports.world)
  const { clock } = life
  const board = newBoard(catalog, clock.now())
  const misses = new Map<string, number>()
  const firing = new Map<string, Signal>()
  const toldAt = new Map<string, number>()
  const now = clock.now
  let engine: Engine | null = null
  /** Of a term that ended: it still renews roles. */
  let lingering: Engine | null = null

  async function send(alerts: AlertInput[]) {
    const component = alerts[0]?.component as string
    for (const { incident } of await journal.ingest(alerts)) if (incident) engine ? engine.consider(component) : ports.onWrite(component)
  }

  const alert = (member: string, source: string, signal: Signal, status: AlertInput['status'], summary: string): AlertInput => {
    const component = catalog.member(member).component.id
    return { key: keyOf(component, member, source), component, member, signal, status, source, summary, at: now() }
  }

  /** False: nobody hears of it. */
  function judge(id: string, look: Observation): boolean {
    const { component } = catalog.member(id)
    const news = board.set(id, look)
    const wrongRole =
      look.outcome === 'pass' &&
      component.topology === 'active-standby' &&
      engine?.role(component.id)?.active === id &&
      look.health?.role !== 'active'
    const signal: Signal | null = look.outcome === 'fail' ? (look.signal ?? 'fail') : wrongRole ? 'wrong-role' : null
    const missed = signal === null ? 0 : (misses.get(id) ?? 0) + 1
    misses.set(id, missed)
    // What a follower sees is kept for its own term: the leader tells what it sees itself.
    if (!engine) return news
    if (signal && missed >= failAfter && (firing.get(id) !== signal || now() - (toldAt.get(id) ?? 0) > againMs)) {
      firing.set(id, signal)
      toldAt.set(id, now())
      void send([alert(id, 'probe:hook', signal, 'firing', look.summary)])
      return true
    }
    if (signal === null && firing.get(id) !== undefined) {
      firing.delete(id)
      void send([alert(id, 'probe:hook', 'fail', 'resolved', 'passes'), alert(id, 'agent', 'exit', 'resolved', 'runs')])
      return true
    }
    return news
  }

  const members = catalog.components.flatMap((component) => component.members.map(({ id }) => id))
  const askedAt = new Map<string, number>()
  clock.after(lookEveryMs, function lookAtAll() {
    clock.after(lookEveryMs, lookAtAll)
    const at = clock.monotonic()
    let others = false
    for (const id of members) {
      // What needs no message needs no promise either: most looks see what the one before saw.
      const seen = ports.world.glance(id)
      if (seen) {
        askedAt.set(id, at)
        if (judge(id, seen)) others = true
        continue
      }
      others = true
      void world.look(id, lookLimits).then((look) => {
        if ((askedAt.get(id) ?? -1) >= at) return
        askedAt.set(id, at)
        judge(id, look)
      })
    }
    return others ? undefined : nothingElse
  })

  return {
    life,
    report: (member, detail) => {
      firing.set(member, 'exit')
      return send([alert(member, 'agent', 'exit', 'firing', detail)])
    },
    hear: (component) => engine?.consider(component),
    async lead(term) {
      const old = engine ?? lingering
      await old?.stop()
      // A new term does not know what an earlier one saw firing: the first good look resolves it, the first bad one tells it.
      for (const member of members) firing.set(member, 'external')
      const mine = createEngine({
        catalog,
        journal,
        world,
        status: board.status,
        clock,
        log: { ...silentLog, error: (fields) => ports.onError(fields) },
        holder: `${ports.holder}/${term.fence}`,
        runbooks: ports.runbooks,
        actions: ports.actions,
        term: term.fence,
        mayAct: term.mayAct,
        mayRenew: term.mayRenew,
        earlierMs: term.earlierMs,
        onStoreFailure: ports.onError,
      })
      engine = mine
      await mine.start()
      old?.letGo()
    },
    async follow() {
      const old = engine
      lingering = old ?? lingering
      engine = null
      await old?.stop()
    },
    get leads() {
      return engine !== null
    },
  }
}

function newBoard(catalog: Catalog, since: number) {
  const known = new Map<string, MemberStatus>()
  const looks = new Map<string, Observation>()
  const listeners = new Set<(status: MemberStatus) => void>()
  for (const component of catalog.components)
    for (const { id } of component.members)
      known.set(id, {
        member: id,
        component: component.id,
        status: 'unknown',
        role: 'unknown',
        generation: null,
        summary: '',
        since,
        health: null,
      })
  const status: StatusBoard = {
    of: (member) => known.get(member) as MemberStatus,
    all: () => [...known.values()],
    onChange(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
  return {
    status,
    /** True: somebody was told. */
    set(member: string, look: Observation): boolean {
      if (looks.get(member) === look) return false
      looks.set(member, look)
      const before = status.of(member)
      const next: MemberStatus = {
        ...before,
        status: look.outcome,
        role: look.health?.role ?? 'unknown',
        generation: look.health?.generation ?? null,
        summary: look.summary,
        health: look.health ?? null,
      }
      known.set(member, next)
      if (before.status === next.status && before.role === next.role) return false
      for (const listener of listeners) listener(next)
      return true
    },
  }
}
