import { type AlertInput, keyOf, type Signal } from '../../core/alerts/alert.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { every } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { silentLog } from '../../core/log.ts'
import type { MemberStatus, Observation, StatusBoard } from '../../core/probes/probe.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { createEngine, type Engine } from '../../remediation/engine.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import type { World } from '../../remediation/world.ts'
import type { Life } from './life.ts'

const lookEveryMs = 500
const failAfter = 2
/** As the real detector does: what goes on is told again, should it have been lost or taken for mended. */
const againMs = 10_000

export interface SimController {
  engine: Engine
  /** An agent reports an exit; the answer tells that it is durable. */
  report(member: string, detail: string): Promise<void>
  status: StatusBoard
}

/** The real engine with a plain detector, over one life's view of the journal, the world and the clock. */
export async function startController(
  life: Life,
  ports: {
    journal: Journal
    world: World
    catalog: Catalog
    runbooks: readonly Runbook[]
    actions: readonly AnyAction[]
    holder: string
    onError(error: unknown): void
  },
): Promise<SimController> {
  const { catalog } = ports
  const journal = life.wrap(ports.journal)
  const world = life.wrap(ports.world)
  const clock = life.clock
  const board = newBoard(catalog, clock.now())
  const misses = new Map<string, number>()
  const firing = new Map<string, Signal>()
  const toldAt = new Map<string, number>()
  const now = clock.now

  const engine = createEngine({
    catalog,
    journal,
    world,
    status: board.status,
    clock,
    log: { ...silentLog, error: (fields) => ports.onError(fields) },
    holder: ports.holder,
    runbooks: ports.runbooks,
    actions: ports.actions,
    onStoreFailure: ports.onError,
  })

  async function send(alerts: AlertInput[]) {
    for (const { incident } of await journal.ingest(alerts)) if (incident) engine.consider(alerts[0]?.component as string)
  }

  const alert = (member: string, source: string, signal: Signal, status: AlertInput['status'], summary: string): AlertInput => {
    const component = catalog.member(member).component.id
    return { key: keyOf(component, member, source), component, member, signal, status, source, summary, at: now() }
  }

  function judge(id: string, look: Observation) {
    const { component } = catalog.member(id)
    board.set(id, look)
    const wrongRole =
      look.outcome === 'pass' &&
      component.topology === 'active-standby' &&
      engine.role(component.id)?.active === id &&
      look.health?.role !== 'active'
    const signal: Signal | null = look.outcome === 'fail' ? (look.signal ?? 'fail') : wrongRole ? 'wrong-role' : null
    const missed = signal === null ? 0 : (misses.get(id) ?? 0) + 1
    misses.set(id, missed)
    if (signal && missed >= failAfter && (firing.get(id) !== signal || now() - (toldAt.get(id) ?? 0) > againMs)) {
      firing.set(id, signal)
      toldAt.set(id, now())
      void send([alert(id, 'probe:hook', signal, 'firing', look.summary)])
    } else if (signal === null && firing.get(id) !== undefined) {
      firing.delete(id)
      void send([alert(id, 'probe:hook', 'fail', 'resolved', 'passes'), alert(id, 'agent', 'exit', 'resolved', 'runs')])
    }
  }

  // A new life does not know what an earlier one saw firing: the first good look resolves it.
  for (const { members } of catalog.components) for (const member of members) firing.set(member.id, 'external')

  await engine.start()
  every(clock, lookEveryMs, () => {
    for (const { members } of catalog.components)
      for (const { id } of members) {
        const askedAt = clock.monotonic()
        void world.look(id, { timeoutMs: 300, signal: new AbortController().signal }).then((look) => {
          if ((board.askedAt.get(id) ?? -1) < askedAt) {
            board.askedAt.set(id, askedAt)
            judge(id, look)
          }
        })
      }
  })

  return {
    engine,
    status: board.status,
    report: (member, detail) => {
      firing.set(member, 'exit')
      return send([alert(member, 'agent', 'exit', 'firing', detail)])
    },
  }
}

function newBoard(catalog: Catalog, since: number) {
  const known = new Map<string, MemberStatus>()
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
    askedAt: new Map<string, number>(),
    set(member: string, look: Observation) {
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
      if (before.status !== next.status || before.role !== next.role) for (const listener of listeners) listener(next)
    },
  }
}
