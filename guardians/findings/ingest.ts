import { createHash } from 'node:crypto'
import { dayMs } from '../../core/calendar.ts'
import type { FoundFindings, ScopeRun } from '../../core/findings/finding.ts'
import type { Entry } from '../../core/journal/context.ts'
import type { Ingested } from '../desk.ts'
import type { Report, ReportedFinding } from '../report.ts'
import type { Owners } from './owner.ts'
import { type Kept, type KeptScan, keyOf, type Store, scopeOf, storedOf } from './record.ts'
import { nextLook, type ReminderSettings } from './remind.ts'
import { mergeScan } from './scan.ts'
import { gone, type SeenAs, seen } from './seen.ts'
import { askData, tellMany, tellOne, tellScan } from './tell.ts'

export interface IngestPorts {
  store: Store
  owners: Owners
  settings: ReminderSettings
  now(): number
}

type Found = FoundFindings<Kept, KeptScan>

/** Rows of one transaction: others write in between. */
const chunkRows = 500
/** Ended or not met for so long, it is forgotten. */
const keepDays = 400

/**
 * Takes in a report, chunk by chunk. Whatever it was stopped at, sending it again goes on there: each chunk is judged by what is
 * stored. First it claims its places (check, account, region), so that an older run cannot come after it; then it tells what it
 * saw; then what it could not decide is held; only then is closed what nobody saw, where it proves to have looked at everything.
 */
export async function ingest(report: Report, ports: IngestPorts): Promise<Ingested> {
  const run: ScopeRun & { at: number } = { scope: '', run: report.run, startedAt: Math.min(report.startedAt, ports.now()), at: 0 }
  const places = placesOf(report)
  const ours = await claim(run, [...places], ports)
  const sights = await see(run, report.findings, ours, ports)
  await hold(report, ours, ports)
  const { closable, uncovered } = provenBy(report, ours)
  const unproven = await close(run, closable, ports)
  const fixed = await closedBy(run.run, places, ports)
  const named = (as: SeenAs) => sights.flatMap((one) => (one.as === as ? [one.id] : []))
  const result: Ingested = {
    run: run.run,
    seen: sights.length,
    opened: named('opened'),
    regressed: named('regressed'),
    fixed,
    silent: named('silent').length,
    uncovered: uncovered + unproven,
  }
  await keep(report, result, ports)
  return result
}

const placesOf = ({ findings, coverage }: Report) => new Set([...coverage, ...findings].map(scopeOf))

/** Answers the places where nobody newer has been. */
async function claim(run: Pick<ScopeRun, 'run' | 'startedAt'>, places: readonly string[], { store }: IngestPorts): Promise<Set<string>> {
  const ours = new Set<string>()
  for (const scopes of chunks(places)) {
    const taken = await store.change({ scopes }, ({ scopes: known }) => {
      const free = scopes.filter((scope) => !isNewer(known.get(scope), run))
      return { scopes: free.map((scope) => ({ scope, run: run.run, startedAt: run.startedAt })), answer: free }
    })
    for (const scope of taken) ours.add(scope)
  }
  return ours
}

/** Runs that began in the same millisecond are told apart by their names, always the same way. */
const isNewer = (known: ScopeRun | undefined, { run, startedAt }: Pick<ScopeRun, 'run' | 'startedAt'>) =>
  known !== undefined && known.run !== run && (known.startedAt > startedAt || (known.startedAt === startedAt && known.run > run))

interface Sighted {
  id: string
  sort: string
  as: SeenAs
}

async function see(run: Pick<ScopeRun, 'run' | 'startedAt'>, reported: readonly ReportedFinding[], ours: Set<string>, ports: IngestPorts) {
  const byKey = new Map(reported.filter((one) => ours.has(scopeOf(one))).map((one) => [keyOf(one), one]))
  const all: Sighted[] = []
  for (const part of chunks([...byKey])) {
    const keys = part.map(([key]) => key)
    const scopes = [...new Set(part.map(([, one]) => scopeOf(one)))]
    all.push(...(await ports.store.change({ keys, scopes }, (found) => sighted(run, part, found, ports))))
  }
  return all.sort((a, b) => (a.sort < b.sort ? -1 : 1))
}

function sighted(
  { run, startedAt }: Pick<ScopeRun, 'run' | 'startedAt'>,
  part: readonly (readonly [string, ReportedFinding])[],
  { byKey, scopes, now, mint }: Found,
  { owners, settings }: IngestPorts,
) {
  const put: ReturnType<typeof storedOf>[] = []
  const tell: Entry[] = []
  const answer: Sighted[] = []
  for (const [key, reported] of part) {
    // Somebody newer came in between.
    if (scopes.get(scopeOf(reported))?.run !== run) continue
    const before = byKey.get(key)?.data ?? null
    const { kept, as, changed, unconfirmed } = seen(before, reported, { run, startedAt, now, mint, owner: owners.of(reported) })
    const stored = storedOf(kept, { nextAt: nextLook(kept, settings), heldRun: run })
    answer.push({ id: kept.id, sort: stored.sort, as })
    if (changed) put.push(stored)
    if (unconfirmed && kept.ask && before?.ask?.answer)
      tell.push(tellOne('ask-unconfirmed', kept, { ...askData(kept.ask), by: before.ask.answer.by, run }))
  }
  return { put, tell, answer }
}

/** What was judged `unknown` may still be there. */
async function hold({ run, undecided }: Report, ours: Set<string>, { store }: IngestPorts) {
  for (const { resources, ...place } of undecided) {
    if (!ours.has(scopeOf(place))) continue
    for (const part of chunks(resources)) {
      const keys = part.map((resource) => keyOf({ ...place, resource }))
      await store.change({ scopes: [scopeOf(place)] }, ({ scopes }) =>
        scopes.get(scopeOf(place))?.run === run ? { hold: { keys, run }, answer: null } : { answer: null },
      )
    }
  }
}

interface Proof {
  scope: string
  failed: number
}

/**
 * Places of which the report says that it looked at everything, and which does not contradict itself: what it calls unknown it
 * has to name, else we could not tell it from what is gone. `uncovered`: the others.
 */
function provenBy({ coverage, undecided }: Report, ours: Set<string>) {
  const named = new Map<string, number>()
  for (const { resources, ...place } of undecided) named.set(scopeOf(place), (named.get(scopeOf(place)) ?? 0) + new Set(resources).size)
  const lines = new Map<string, Proof & { complete: boolean }>()
  for (const line of coverage) {
    const scope = scopeOf(line)
    const complete = line.complete && (named.get(scope) ?? 0) >= line.unknown && (lines.get(scope)?.complete ?? true)
    lines.set(scope, { scope, complete, failed: Math.max(line.failed, lines.get(scope)?.failed ?? 0) })
  }
  const mine = [...lines.values()].filter(({ scope }) => ours.has(scope))
  const closable: Proof[] = mine.filter(({ complete }) => complete)
  return { closable, uncovered: mine.length - closable.length }
}

/** Closes what is gone. Answers in how many places it could not: fewer findings arrived than the ledger counts. */
async function close({ run }: Pick<ScopeRun, 'run'>, proofs: readonly Proof[], ports: IngestPorts): Promise<number> {
  let unproven = 0
  for (const part of chunks(proofs)) {
    const scopes = part.map(({ scope }) => scope)
    const counts = await ports.store.change({ seen: { scopes, run } }, ({ seen: counted }) => ({ answer: counted }))
    const sure = part.filter(({ scope, failed }) => (counts.get(scope) ?? 0) >= failed).map(({ scope }) => scope)
    unproven += part.length - sure.length
    for (let after: string | null = ''; after !== null; ) {
      const from: string = after
      after = await ports.store.change({ scopes: sure, gone: { scopes: sure, run, after: from, limit: chunkRows } }, (found) =>
        closing(run, found, ports.settings),
      )
    }
  }
  return unproven
}

/** Answers the last one looked at; null: there are no more. */
function closing(run: string, { gone: missing, scopes, now }: Found, settings: ReminderSettings) {
  const put: ReturnType<typeof storedOf>[] = []
  const tell: Entry[] = []
  for (const { scope, data } of missing) {
    if (scopes.get(scope)?.run !== run) continue
    const kept = gone(data, run, now)
    put.push(storedOf(kept, { nextAt: nextLook(kept, settings), heldRun: run }))
    if (data.status === 'asked' && data.ask) tell.push(tellOne('ask-closed', kept, { ...askData(data.ask), run, by: kept.fixedBy }))
  }
  return { put, tell, answer: missing.length < chunkRows ? null : (missing.at(-1)?.id ?? null) }
}

/** Also what an earlier try of this report closed. */
async function closedBy(run: string, places: ReadonlySet<string>, { store }: IngestPorts): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.fixedBy(run, { limit: chunkRows, after })
    ids.push(...page.filter(({ scope }) => places.has(scope)).map(({ id }) => id))
    if (page.length < chunkRows) return ids
    after = page.at(-1)?.id
  }
}

/** The ledger, and what is told of the whole: once, however often the report is sent. */
async function keep(report: Report, result: Ingested, { store }: IngestPorts) {
  const digest = createHash('sha256').update(JSON.stringify(report)).digest('base64url')
  const { run, opened, regressed, fixed } = result
  await store.change({ scan: run }, ({ scan, now: at, mint }) => {
    if (scan?.data.parts.includes(digest)) return { answer: null }
    const data = mergeScan(scan?.data ?? null, report, result, digest)
    const counts = { opened: data.opened, regressed: data.regressed, fixed: data.fixed }
    const told = { run, guardians: report.guardians, seen: result.seen, opened: opened.length, regressed: regressed.length }
    return {
      scan: { id: scan?.id ?? mint('scan'), run, at, ...counts, data },
      forgetBefore: at - keepDays * dayMs,
      tell: [
        ...tellMany('opened', run, opened),
        ...tellMany('regressed', run, regressed),
        ...tellMany('fixed', run, fixed),
        tellScan({ ...told, fixed: fixed.length, silent: result.silent, uncovered: result.uncovered, unknown: report.unknown.length }),
      ],
      answer: null,
    }
  })
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += chunkRows) yield items.slice(from, from + chunkRows)
}
