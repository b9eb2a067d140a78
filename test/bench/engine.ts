import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { keyOf } from '../../core/alerts/alert.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import { systemRandom } from '../../core/random.ts'
import type { PlannedStep, RunOrder } from '../../core/runs/run.ts'
import { defineAction } from '../../remediation/actions/define.ts'
import { actions } from '../../remediation/actions/registry.ts'
import { createEngine } from '../../remediation/engine.ts'
import { executor } from '../../remediation/execute.ts'
import type { RoleKeeper } from '../../remediation/roles.ts'
import type { World } from '../../remediation/world.ts'
import { runbooks } from '../../runbooks/registry.ts'
import { startPostgres } from '../postgres.ts'
import { dbosStepsPerSecond } from './peers/dbos.ts'
import { type Bench, median, percentile } from './report.ts'

const noop = defineAction('noop', {
  title: 'Nothing',
  kind: 'idempotent',
  timeoutMs: 1_000,
  attempts: 1,
  apply: async (_: { n: number }) => ({}),
})
const catalog = indexCatalog(
  configSchema.parse({ components: [{ id: 'bench', members: [{ id: 'bench-1' }], guards: { attempts: 1_000, windowMs: 1_000 } }] }),
)
const plenty = { perHour: 100_000, perDay: 1_000_000 }
const idleRoles: RoleKeeper = { keep() {}, release() {}, granting() {}, leaseEndsAt: () => 0, linger() {}, stop() {} }

export const engine: Bench = {
  name: 'engine',
  summary: 'durable steps per second at concurrency 1, and alert -> first action; SQLite with full fsync, and PostgreSQL',
  async run({ runs = 5, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
    try {
      const ours: number[] = []
      const floor: number[] = []
      for (let run = 1; run <= runs; run++) {
        floor.push(rawSteps(join(folder, `floor-${run}.db`)))
        ours.push(await steps(`sqlite:${join(folder, `ours-${run}.db`)}`))
        progress(`round ${run} of ${runs}: ours ${ours.at(-1)?.toFixed(0)}, bare commits ${floor.at(-1)?.toFixed(0)} steps/s`)
      }
      const dbos = await dbosStepsPerSecond(progress)
      const reaction = await alertToAction(`sqlite:${join(folder, 'reaction.db')}`)
      const shared = await onPostgres(runs, progress)
      return {
        figures: {
          stepsPerSecond: median(ours),
          alertToActionMedianMs: median(reaction),
          alertToActionP99Ms: percentile(reaction, 0.99),
          postgresStepsPerSecond: median(shared.steps),
          postgresAlertToActionMedianMs: median(shared.reaction),
          postgresAlertToActionP99Ms: percentile(shared.reaction, 0.99),
        },
        ratios: {
          bareCommitsToOurs: median(floor) / median(ours),
          ...(typeof dbos === 'number' ? { dbosToOurs: dbos / median(ours), dbosToOursOnPostgres: dbos / median(shared.steps) } : {}),
        },
        peers: { bareCommitsStepsPerSecond: median(floor), ...(typeof dbos === 'number' ? { dbosStepsPerSecond: dbos } : {}) },
        absent: typeof dbos === 'number' ? [] : [dbos],
        targets: {
          alertToActionP99Ms: 15,
          postgresAlertToActionP99Ms: 25,
          ...(typeof dbos === 'number' ? { dbosToOurs: 1 / 8, dbosToOursOnPostgres: 1 / 2.5 } : {}),
        },
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

const open = (url: string) => openJournal({ url, clock: systemClock, mint: idMint(systemClock, systemRandom) })

/** A PostgreSQL with fsync on this machine, as tests start it. */
async function onPostgres(runs: number, progress: (text: string) => void) {
  const server = await startPostgres()
  try {
    const rates: number[] = []
    for (let run = 1; run <= runs; run++) {
      rates.push(await steps(await server.database()))
      progress(`round ${run} of ${runs}: ours on PostgreSQL ${rates.at(-1)?.toFixed(0)} steps/s`)
    }
    return { steps: rates, reaction: await alertToAction(await server.database()) }
  } finally {
    await server.stop()
  }
}

const stepsPerRun = 50

async function steps(url: string): Promise<number> {
  const journal = await open(url)
  const run = executor({
    journal,
    world: {} as World,
    clock: systemClock,
    catalog,
    actions: new Map([['noop', noop]]),
    roles: idleRoles,
    holder: 'bench',
    log: silentLog,
  })
  const planned = Array.from(
    { length: stepsPerRun },
    (_, n): PlannedStep => ({ name: `noop ${n}`, action: 'noop', kind: 'idempotent', args: { n }, timeoutMs: 1_000, attempts: 1 }),
  )
  const order: RunOrder = {
    runbook: 'bench',
    component: 'bench',
    incident: null,
    failure: null,
    members: [],
    plan: planned,
    reason: 'bench',
    takesGeneration: false,
    by: 'bench',
  }
  let done = 0
  const from = performance.now()
  while (performance.now() - from < 2_000) {
    const made = await journal.order('bench', () => order)
    if ('refuse' in made) throw new Error(made.refuse)
    await run.execute(made)
    done += stepsPerRun
  }
  const rate = (done * 1_000) / (performance.now() - from)
  await journal.close()
  return rate
}

/** The floor: an intent and an outcome per step, one fsync each, nothing guarded. */
function rawSteps(file: string): number {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('create table step (id integer primary key, status text)')
  const intent = db.prepare("insert into step (id, status) values (?, 'intent')")
  const outcome = db.prepare("update step set status = 'done' where id = ?")
  let done = 0
  const from = performance.now()
  while (performance.now() - from < 1_000) {
    intent.run(++done)
    outcome.run(done)
  }
  const rate = (done * 1_000) / (performance.now() - from)
  db.close()
  return rate
}

/** From handing in an alert to the first call to the outside, through ingest, decide, claim and intent. */
async function alertToAction(url: string): Promise<number[]> {
  const journal: Journal = await open(url)
  const times: number[] = []
  let acted = () => {}
  const world: World = {
    control: async () => {
      acted()
      return { status: 'done' }
    },
    health: async () => ({ status: 'pass' }),
    supervised: async () => null,
    look: async () => ({ outcome: 'pass', summary: 'passes', tookMs: 0 }),
    exec: async () => {
      acted()
      return { output: '' }
    },
  }
  const many = indexCatalog(
    configSchema.parse({
      guards: { budgets: { runbook: plenty, fleet: plenty } },
      components: Array.from({ length: 300 }, (_, at) => ({
        id: `c-${at}`,
        members: [{ id: `m-${at}`, restartCommand: ['true'] }],
        ladder: ['restart-process', 'page'],
      })),
    }),
  )
  const status: StatusBoard = {
    of: (member) => ({ member, component: '', status: 'pass', role: 'unknown', generation: null, summary: '', since: 0, health: null }),
    all: () => [],
    onChange: () => () => {},
  }
  const running = createEngine({
    catalog: many,
    journal,
    world,
    status,
    clock: systemClock,
    log: silentLog,
    holder: 'bench',
    runbooks,
    actions,
    onStoreFailure: () => {},
    sweepMs: 3_600_000,
  })
  await running.start()
  for (const { id, members } of many.components) {
    const member = members[0]?.id as string
    const first = new Promise<void>((resolve) => {
      acted = resolve
    })
    const from = performance.now()
    await journal.ingest([
      {
        key: keyOf(id, member, 'bench'),
        component: id,
        member,
        signal: 'exit',
        status: 'firing',
        source: 'bench',
        summary: 'gone',
        at: systemClock.now(),
      },
    ])
    running.consider(id)
    await first
    times.push(performance.now() - from)
  }
  await running.stop()
  await journal.close()
  return times
}
