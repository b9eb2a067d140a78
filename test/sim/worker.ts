import { parentPort, workerData } from 'node:worker_threads'
import { type JournalKind, openSimJournal } from './journal.ts'
import { simulate } from './run.ts'

export interface SimTotals {
  seeds: number
  events: number
  incidents: number
  violations: { seed: number; journal: JournalKind; found: string[] }[]
}

const tellEvery = 100
const mostViolations = 20
/** So that the statements of the real one stay under test: every so many days are played on it. */
const sqliteEvery = 50

// Most faults are answers of the simulated world: nobody reads where they were made.
Error.stackTraceLimit = 0

const { from, step, until, kind } = workerData as { from: number; step: number; until: number; kind: JournalKind }
const journals = { [kind]: await openSimJournal(kind), sqlite: await openSimJournal('sqlite') } as Record<JournalKind, SimJournalOf>
type SimJournalOf = Awaited<ReturnType<typeof openSimJournal>>
let part: SimTotals = { seeds: 0, events: 0, incidents: 0, violations: [] }
let broken = 0
for (let seed = from; seed < until && broken < mostViolations; seed += step) {
  const journal = Math.floor(seed / step) % sqliteEvery === 0 ? 'sqlite' : kind
  const { events, incidents, violations } = await simulate(seed, journals[journal])
  part.seeds++
  part.events += events
  part.incidents += incidents
  if (violations.length > 0) {
    broken++
    part.violations.push({ seed, journal, found: violations })
  }
  if (part.seeds >= tellEvery) tell()
}
tell()
for (const journal of Object.values(journals)) await journal.close()

function tell() {
  parentPort?.postMessage(part)
  part = { seeds: 0, events: 0, incidents: 0, violations: [] }
}
