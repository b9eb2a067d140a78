import { describe, expect, test } from 'vitest'
import type { Basis, Check, CheckSpec, Evidence, Resource, Series, Severity, Target, Verdict } from '../guardians/define.ts'
import { savingsOf } from '../guardians/prices.ts'

/** Tables of examples for checks: what each flags, passes, and cannot tell. For tests only. */

/** The moment of all examples. */
export const exampleNow = Date.parse('2026-11-21T06:00:00Z')
export const daysAgo = (days: number): number => exampleNow - days * 86_400_000
export const exampleTarget: Target = { account: '123456789012', region: 'us-east-1', partition: 'aws' }

/** One value a day, the last one of yesterday. */
export const daily = (values: readonly number[]): Series => ({ at: values.map((_, index) => daysAgo(values.length - index)), values })

interface Example<Row> {
  row: Row
  options?: Record<string, unknown>
  metrics?: Record<string, Series>
  details?: Record<string, unknown>
  /** Rows of the other inventories. */
  reads?: Record<string, readonly Resource[]>
  target?: Partial<Target>
}
interface Flagged {
  reason?: string
  severity?: Severity
  evidence?: Evidence
  /** Null: no savings can be told. */
  usdPerMonth?: number | null
}
interface Unclear {
  missing?: string | RegExp
}

// biome-ignore lint/suspicious/noExplicitAny: any check
type AnySpec<Row extends Resource> = { id: string } & CheckSpec<Row, any, any, any, any, any>

export function checkTable<Row extends Resource>(
  check: AnySpec<Row>,
  table: {
    flags: Record<string, Example<Row> & Flagged>
    passes: Record<string, Example<Row>>
    unknown?: Record<string, Example<Row> & Unclear>
  },
): void {
  describe(check.id, () => {
    describe('flags', () => {
      test.each(Object.entries(table.flags))('%s', (_, example) => {
        const verdict = verdictOf(check as unknown as Check, example)
        expect(verdict).toMatchObject({
          verdict: 'fail',
          ...(example.reason === undefined ? {} : { reason: example.reason }),
          ...(example.evidence === undefined ? {} : { evidence: example.evidence }),
        })
        if (verdict.verdict !== 'fail') return
        expect(Object.keys(check.says)).toContain(verdict.reason)
        if (example.severity) expect(verdict.severity ?? check.severity).toBe(example.severity)
        if (example.usdPerMonth !== undefined) expect(verdict.savings?.usdPerMonth ?? null).toBe(example.usdPerMonth)
        for (const words of Object.values(check.says[verdict.reason] ?? {})) {
          for (const [, name] of words.matchAll(/\{(\w+)\}/g)) expect(verdict.evidence).toHaveProperty(name as string)
        }
      })
    })
    describe('passes', () => {
      test.each(Object.entries(table.passes))('%s', (_, example) => {
        expect(verdictOf(check as unknown as Check, example)).toEqual({ verdict: 'pass' })
      })
    })
    const unclear = Object.entries(table.unknown ?? {})
    if (unclear.length === 0) return
    describe('cannot tell', () => {
      test.each(unclear)('%s', (_, example) => {
        const verdict = verdictOf(check as unknown as Check, example)
        expect(verdict).toMatchObject({ verdict: 'unknown' })
        if (verdict.verdict === 'unknown' && example.missing) expect(verdict.missing).toMatch(example.missing)
      })
    })
  })
}

function verdictOf(check: Check, example: Example<Resource>): Verdict {
  const target = { ...exampleTarget, ...example.target }
  const options = {
    ...Object.fromEntries(Object.entries(check.options ?? {}).map(([name, option]) => [name, (option as { default: unknown }).default])),
    ...example.options,
  }
  const reads = Object.fromEntries(Object.keys(check.reads ?? {}).map((name) => [name, example.reads?.[name] ?? []]))
  const known = check.prepare?.(reads)
  const basis: Basis<unknown, Record<string, unknown>, unknown, unknown> = {
    ...{ now: exampleNow, target, options, known },
    metrics: { ...Object.fromEntries(Object.keys(check.metrics ?? {}).map((name) => [name, { at: [], values: [] }])), ...example.metrics },
    details: example.details ?? {},
    savings: (item, quantity) => savingsOf(item, quantity, target),
  }
  if (check.applies && !check.applies(example.row, basis as never)) return { verdict: 'pass' }
  return check.judge(example.row, basis as never)
}
