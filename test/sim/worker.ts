import { parentPort, workerData } from 'node:worker_threads'
import { openSimJournal } from './journal.ts'
import { simulate } from './run.ts'

export interface SimTotals {
  seeds: number
  events: number
  incidents: number
  violations: { seed: number; found: string[] }[]
}

const tellEvery = 100
const mostViolations = 20

const { from, step, until } = workerData as { from: number; step: number; until: number }
const journal = await openSimJournal()
let part: SimTotals = { seeds: 0, events: 0, incidents: 0, violations: [] }
let broken = 0
for (let seed = from; seed < until && broken < mostViolations; seed += step) {
  const { events, incidents, violations } = await simulate(seed, journal)
  part.seeds++
  part.events += events
  part.incidents += incidents
  if (violations.length > 0) {
    broken++
    part.violations.push({ seed, found: violations })
  }
  if (part.seeds >= tellEvery) tell()
}
tell()
await journal.close()

function tell() {
  parentPort?.postMessage(part)
  part = { seeds: 0, events: 0, incidents: 0, violations: [] }
}
