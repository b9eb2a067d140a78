import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from '../../infra/build/bundle.ts'
import { type Fleet, onDatabase, openFleet } from '../fleet/fleet.ts'
import { fleetConfig, portOf, urlOf } from '../fleet/layout.ts'
import { startWriter, type Writer } from '../fleet/writer.ts'
import { checkRuns, checkWrites } from './check.ts'
import { openHalts } from './halts.ts'
import { inflict } from './inflict.ts'
import { configModule, type LaunchPad, openLaunchPad } from './launch.ts'
import { openStoreServer, type StoreServer } from './store-server.ts'
import { haltsPerRound, type Strike, strikeOf } from './strikes.ts'

export interface TrialOptions {
  store: 'sqlite' | 'postgres'
  /** Number of the first strike; the same numbers are the same strikes. */
  from: number
  count: number
  keep: boolean
  progress(text: string): void
}

export interface TrialResult {
  injected: number
  lostRuns: number
  repeatedIrreversible: number
  dualActive: number
  lostWrites: number
  /** In words, what was wrong. */
  broken: string[]
}

const root = resolve(import.meta.dirname, '../..')
/** Strikes in one round: the second and third meet what still mends the first. */
const strikesPerRound = 3
/** A step that does not come is not waited for longer: then it is struck where it is. */
const haltLimitMs = 4_000

/** Breaks every part of a real fleet at every step, and counts what must never happen. */
export async function runTrial({ store, from, count, keep, progress }: TrialOptions): Promise<TrialResult> {
  // Below the packages that the bundle leaves outside.
  const built = join(root, 'node_modules/.cache/faults')
  const halts = openHalts()
  let server: StoreServer | null = null
  let fleet: Fleet | null = null
  let pad: LaunchPad | null = null
  try {
    await bundle(root, built, { faults: join(root, 'test/faults/controller-main.ts') })
    server = store === 'postgres' ? await openStoreServer() : null
    fleet = await openFleet({
      synchronous: 'on',
      controllers: 2,
      haproxy: false,
      keep,
      program: { controller: join(built, 'faults.js'), jidoka: join(built, 'cli.js'), migrations: join(root, 'migrations') },
      onMessage: halts.heard,
      ...(server ? { store: server.url } : {}),
      more: (plan) => {
        const file = join(plan.folder, 'jidoka.config.mjs')
        const padComponent = {
          id: 'pad',
          members: [{ id: 'pad-1', address: urlOf(plan, 'pad') }],
          probes: [{ kind: 'http' as const, path: '/launched?key=probe' }],
        }
        const config = fleetConfig(plan, { components: [padComponent] })
        writeFileSync(file, configModule(config, pathToFileURL(join(built, 'public.js')).href, urlOf(plan, 'pad')))
        return { file }
      },
      async beforeStart(plan) {
        pad = await openLaunchPad(portOf(plan, 'pad'))
      },
    })
    return await rounds({ fleet, pad: pad as unknown as LaunchPad, server, halts, store, from, count, progress })
  } finally {
    await fleet?.close()
    await (pad as LaunchPad | null)?.close()
    await server?.stop()
    await rm(built, { recursive: true, force: true })
  }
}

export interface Trial {
  fleet: Fleet
  pad: LaunchPad
  server: StoreServer | null
  halts: ReturnType<typeof openHalts>
}

async function rounds(trial: Trial & Omit<TrialOptions, 'keep'>): Promise<TrialResult> {
  const { fleet, pad, store, from, count, progress } = trial
  const result: TrialResult = { injected: 0, lostRuns: 0, repeatedIrreversible: 0, dualActive: 0, lostWrites: 0, broken: [] }
  const ordered: string[] = []
  await onDatabase(fleet.direct(await fleet.settled()), 'create table if not exists bench (id bigint primary key)')
  for (let n = from; n < from + count; ) {
    const strikes = Array.from({ length: Math.min(strikesPerRound, from + count - n) }, (_, at) => strikeOf(n + at, store))
    n += strikes.length
    const writers = Array.from({ length: fleet.plan.members }, (_, at) => startWriter(fleet.direct(at), 5))
    const told = await round(trial, strikes, ordered).catch((error) => {
      result.broken.push(`${describe(strikes)}: ${error instanceof Error ? error.message : error}`)
      return null
    })
    await Promise.all(writers.map((writer: Writer) => writer.end()))
    result.injected += strikes.length
    if (told === null) break
    const writes = await checkWrites(
      fleet.direct(told.active),
      writers.flatMap(({ acks }) => acks),
    )
    result.dualActive += writes.dualActive
    result.lostWrites += writes.lost
    const runs = await checkRuns(fleet, ordered)
    result.lostRuns += runs.lost
    const twice = [...pad.launches].filter(([, times]) => times > 1).length
    result.repeatedIrreversible = twice
    if (writes.dualActive + writes.lost + runs.lost + twice > 0 && result.broken.length < 20)
      result.broken.push(`strikes ${n - strikes.length} to ${n - 1}: ${describe(strikes)}: ${JSON.stringify({ ...writes, runs, twice })}`)
    progress(`${result.injected} of ${count}; ${describe(strikes)}; ${writes.commits} commits, settled after ${told.settledMs} ms`)
  }
  return result
}

const describe = (strikes: readonly Strike[]) => strikes.map(({ blow, part, atHalt }) => `${blow} ${part} at step ${atHalt}`).join(', ')

async function round(trial: Trial, strikes: readonly Strike[], ordered: string[]): Promise<{ active: number; settledMs: number }> {
  const { fleet, halts } = trial
  const active = await fleet.settled()
  halts.reset()
  const order = async (component: string, action: string) => {
    const { id } = await fleet
      .post<{ id: string }>(`/v1/components/${component}/actions/${action}`, { reason: 'trial' })
      .catch(() => ({ id: '' }))
    if (id !== '') ordered.push(id)
  }
  const orders = [order('pad', 'launch-pad'), order('db', 'failover')]
  const mended: Promise<void>[] = []
  for (const strike of strikes) {
    const release = await halts.reach(strike.atHalt % haltsPerRound, haltLimitMs)
    mended.push(inflict(trial, strike, active))
    release()
  }
  const from = performance.now()
  await Promise.all([...orders, ...mended])
  halts.letGo()
  return { active: await fleet.settled(), settledMs: Math.round(performance.now() - from) }
}
