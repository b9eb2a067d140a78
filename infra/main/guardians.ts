import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Clock, hours } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { Mint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Guardian, Inventory } from '../../guardians/define.ts'
import type { FindingsDesk } from '../../guardians/desk.ts'
import type { Platform } from '../../guardians/platform.ts'
import type { Report } from '../../guardians/report.ts'
import type { Keeper } from '../../guardians/routes.ts'
import { mergeReports } from '../../guardians/scan/merge.ts'
import { silenceReport } from '../../guardians/silence.ts'
import { type Invoker, openInvoker } from './invoke.ts'
import type { Schedule } from './schedule.ts'

export interface GuardianParts {
  catalog: Catalog
  journal: Pick<Journal, 'records' | 'note' | 'post'>
  desk: Pick<FindingsDesk, 'ingest'>
  /** All of them, by their words alone. */
  guardians: readonly { id: string; checks: readonly { id: string; scope: Inventory['scope'] }[] }[]
  /** Brings what looks, and with it the clients of AWS. */
  load(): Promise<readonly Guardian[]>
  /** Those of the configuration: they have no Lambda, and look here. */
  own?: readonly string[]
  platform: Platform
  schedule: Schedule
  clock: Clock
  random: Random
  mint: Mint
  log: Log
  environment(name: string): string | undefined
  /** In tests: Lambdas that are elsewhere. */
  invoker?: Invoker
}

/** What is kept of each guardian. */
interface Kept {
  lastRun: string | null
  lastAt: number | null
  problem: string | null
  /** When it was to report, when it did not; null: it did. */
  silentSince: number | null
}

const jobId = 'guardians'
/** Lambdas at once: each paces itself by half of what AWS allows; they share those limits. */
const atOnce = 4

/**
 * Lets the guardians run: once a day, here or as Lambdas, and when somebody asks. One that does not report is a finding at once, is
 * tried once more after `lateAfterMs`, and then a page.
 */
export function openKeeper(parts: GuardianParts) {
  const { catalog, journal, desk, guardians, clock, log, mint } = parts
  const config = catalog.config.guardians
  const records = journal.records<Kept>('guardian')
  const looking = new Set<string>()
  const working = new Set<Promise<void>>()
  let ending = new AbortController()
  const chosen = guardians.filter(({ id }) => config.only.length === 0 || config.only.includes(id)).map(({ id }) => id)
  const invoker = parts.invoker ?? (config.run === 'lambda' ? openInvoker({ prefix: config.functionPrefix, region: config.region }) : null)
  let retry = () => {}

  const checkIds = (ids: readonly string[], here: boolean) =>
    guardians
      .filter(({ id }) => ids.includes(id))
      .flatMap(({ checks }) => checks.filter(({ scope }) => (scope === 'platform') === here).map(({ id }) => id))

  /** Ends also what hangs. */
  const limit = () => AbortSignal.any([ending.signal, AbortSignal.timeout(config.lateAfterMs)])

  const here = async (run: string, ids: readonly string[], only?: readonly string[]) => {
    const [{ scanHere }, all] = await Promise.all([import('./scan.ts'), parts.load()])
    const chosen = all.filter(({ id }) => ids.includes(id))
    return scanHere({ ...parts, config, guardians: chosen, run, ...(only ? { only } : {}), signal: limit() })
  }

  /** One guardian where it runs; in Lambdas what needs our own configuration and hooks is looked at here. */
  async function one(run: string, id: string): Promise<Report> {
    if (!invoker || parts.own?.includes(id)) return here(run, [id])
    const ours = checkIds([id], true)
    const theirs = checkIds([id], false)
    const { accounts, ownerTags, checks, prices } = config
    const event = {
      run,
      accounts: accounts.map(({ roleArn, externalId, ...place }) => ({
        ...place,
        ...(roleArn ? { roleArn } : {}),
        ...(externalId ? { externalId } : {}),
      })),
      ownerTags,
      checks,
      prices,
      only: theirs,
    }
    return mergeReports([
      ...(theirs.length > 0 ? [await invoker.invoke(id, event, limit())] : []),
      ...(ours.length > 0 ? [await here(run, [id], ours)] : []),
    ])
  }

  /** Each by itself, so that one that fails takes no other with it. */
  async function all(run: string, ids: readonly string[], due: number): Promise<string[]> {
    const startedAt = clock.now()
    const reports: Report[] = []
    const heard: { id: string; problem: string | null }[] = []
    const waiting = [...ids]
    const lane = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        try {
          reports.push(await one(run, id))
          heard.push({ id, problem: null })
        } catch (error) {
          heard.push({ id, problem: causeChain(error) })
        }
      }
    }
    await Promise.all(Array.from({ length: invoker ? atOnce : 1 }, lane))
    if (ending.signal.aborted) return []
    // What was not asked this time is known from the last time.
    const others = [...(await state())].filter(([id]) => !ids.includes(id)).map(([id, { problem }]) => ({ id, problem }))
    const whole = mergeReports([...reports, silenceReport(run, { startedAt, endedAt: clock.now() }, [...heard, ...others])])
    await desk.ingest({ ...whole, run })
    for (const { id, problem } of heard) await keep(id, { run, problem, due })
    return heard.flatMap(({ id, problem }) => (problem === null ? [] : [id]))
  }

  const keep = (id: string, { run, problem, due }: { run: string; problem: string | null; due: number }) =>
    records.change({ key: id }, ({ byKey }) => {
      const was = byKey?.data
      const data: Kept =
        problem === null
          ? { lastRun: run, lastAt: clock.now(), problem, silentSince: null }
          : { lastRun: was?.lastRun ?? null, lastAt: was?.lastAt ?? null, problem, silentSince: was?.silentSince ?? due }
      const rest = { component: null, topic: null, parent: null, key: id, nextAt: null, rev: byKey?.rev ?? 0 }
      return {
        put: [
          { id: byKey?.id ?? `guardian/${id}`, status: problem === null ? 'reported' : 'silent', open: problem !== null, ...rest, data },
        ],
        answer: undefined,
      }
    })

  async function state() {
    const kept = new Map((await records.list({}, { limit: 1_000 })).map(({ key, data }) => [key as string, data]))
    return new Map(
      guardians.map(({ id }) => {
        const { lastRun = null, lastAt = null, problem = null } = kept.get(id) ?? {}
        return [id, { lastRun, lastAt, problem, looking: looking.has(id) }] as const
      }),
    )
  }

  async function work(run: string, ids: readonly string[], due: number): Promise<string[]> {
    for (const id of ids) looking.add(id)
    try {
      return await all(run, ids, due)
    } finally {
      for (const id of ids) looking.delete(id)
    }
  }

  /** The day's run, and once more for those that were silent. */
  async function daily(due: number): Promise<void> {
    const silent = await work(mint('scan'), chosen, due)
    if (silent.length > 0) retry = clock.after(Math.max(60_000, due + config.lateAfterMs - clock.now()), () => during(again(silent, due)))
  }

  async function again(ids: readonly string[], due: number): Promise<void> {
    const silent = await work(mint('scan'), ids, due)
    if (silent.length === 0) return
    const problems = [...(await state())].filter(([id]) => silent.includes(id)).map(([id, { problem }]) => `${id}: ${problem}`)
    await journal.post({
      channel: 'page',
      dedupe: `jidoka/guardians/${due}`,
      incident: null,
      payload: {
        component: 'jidoka',
        title: 'Guardians',
        owner: null,
        failure: 'failing',
        members: silent,
        urgency: 'low',
        policy: config.policy ?? null,
        evidence: problems.join('\n').slice(0, 2_000),
        reason: `${silent.length} of ${chosen.length} guardians did not report, also at the second try. Nothing that they look at is looked at.`,
        tried: [],
        refused: [],
      },
    })
  }

  function during(job: Promise<unknown>): void {
    const done = job.then(
      () => {},
      (error: unknown) => log.error({ err: causeChain(error) }, 'guardians could not be let run'),
    )
    working.add(done)
    void done.finally(() => working.delete(done))
  }

  const keeper: Keeper = {
    state,
    nextAt: () => parts.schedule.nextAt(jobId),
    async start(ids, by) {
      const busy = ids.filter((id) => looking.has(id))
      if (busy.length > 0)
        throw fault('conflict', {
          problem: `${busy.join(', ')} ${busy.length === 1 ? 'is' : 'are'} looking already.`,
          hint: 'Wait for it: GET /v1/guardians.',
        })
      const run = mint('scan')
      await journal.note('guardians.started', {}, { run, guardians: [...ids], by })
      during(work(run, ids, clock.now()))
      return { run }
    },
  }

  return {
    ...keeper,
    async begin(): Promise<void> {
      if (ending.signal.aborted) ending = new AbortController()
      if (config.run === 'off') return
      await parts.schedule.add({ id: jobId, cron: config.schedule, zone: config.zone, catchUpMs: hours(20), run: daily })
      // A controller that ended between a silence and its second try.
      const silent = (await records.list({ open: true }, { limit: 1_000 })).filter(({ data }) => data.silentSince !== null)
      const due = Math.max(0, ...silent.map(({ data }) => data.silentSince ?? 0))
      if (silent.length === 0 || clock.now() > due + hours(20)) return
      const ids = silent.flatMap(({ key }) => (key !== null && chosen.includes(key) ? [key] : []))
      retry = clock.after(Math.max(60_000, due + config.lateAfterMs - clock.now()), () => during(again(ids, due)))
    },
    async stop(): Promise<void> {
      retry()
      ending.abort()
      await Promise.all(working)
    },
    close(): void {
      invoker?.close()
    },
  }
}
