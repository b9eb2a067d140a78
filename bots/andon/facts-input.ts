import { z } from 'zod'
import { limits, type RangeReading, type Snapshot, type Suspect } from './andon.ts'

/** What the house tells by itself, as the commands take it. Times are epoch ms. */

export const epochMs = z.int().min(0).max(8_640_000_000_000_000)
const name = z.string().max(128)
const line = z.string().max(2_000)
const count = z.number().min(0).max(1e12)
const entriesMax = 1_000

export const snapshotInput = z.strictObject({
  at: epochMs,
  members: z.array(z.strictObject({ id: name, component: name, status: name, role: name, summary: line })).max(entriesMax),
  components: z.array(z.strictObject({ id: name, status: name, well: z.int().min(0), of: z.int().min(0) })).max(entriesMax),
  incidents: z.array(z.strictObject({ id: name, component: name, failure: name, status: name, since: epochMs })).max(entriesMax),
  runs: z.array(z.strictObject({ id: name, runbook: name, component: name, status: name, at: epochMs })).max(entriesMax),
  digest: z.string().min(1).max(10_000),
}) satisfies z.ZodType<Snapshot>

export const suspectInput = z.strictObject({
  change: name,
  title: line,
  component: name.nullable(),
  at: epochMs,
  by: line,
  url: line.nullable(),
  weight: z.number().min(0).max(1),
  why: line,
}) satisfies z.ZodType<Suspect>

export const readingInput = z.strictObject({
  meter: name,
  title: line,
  at: epochMs,
  count: count.nullable(),
  of: count.nullable(),
  segments: z.array(z.strictObject({ name: line, count, owner: line.nullable() })).max(limits.segments * 200),
  confidence: z.enum(['high', 'medium', 'low']),
  asOf: epochMs.nullable(),
  problem: line.nullable(),
}) satisfies z.ZodType<RangeReading>
