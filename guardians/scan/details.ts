import { isFault } from '../../core/errors.ts'
import { missingOf } from '../aws/errors.ts'
import type { Detail, Resource, Sources } from '../define.ts'

export type Known = { value: unknown } | { missing: string }

/** Calls in flight; their pace is kept by the door. */
const atOnce = 8
/** So many refusals running, without one answer, and the rest is not asked: a permission is missing, or the service is worn out. */
const deniedMax = 20
const failedMax = 3

/** What is asked about single resources, for one item. */
export interface Details {
  /** By ARN, in any order. */
  ask(detail: Detail<Resource, unknown>, rows: readonly Resource[]): Promise<Map<string, Known>>
}

export function detailsFor(sourcesOf: (detail: Detail<Resource, unknown>) => Sources): Details {
  const refusals = new Map<string, { denied: number; failed: number; missing: string }>()

  async function askSome(detail: Detail<Resource, unknown>, rows: readonly Resource[], sources: Sources, answers: Map<string, Known>) {
    const before = refusals.get(detail.id) ?? { denied: 0, failed: 0, missing: '' }
    refusals.set(detail.id, before)
    if (before.denied >= deniedMax || before.failed >= failedMax) {
      for (const { arn } of rows) answers.set(arn, { missing: before.missing })
      return
    }
    try {
      const found = await detail.get(sources, rows)
      Object.assign(before, { denied: 0, failed: 0 })
      for (const { arn } of rows) answers.set(arn, found.has(arn) ? { value: found.get(arn) } : { missing: `no answer: ${detail.id}` })
    } catch (error) {
      if (sources.signal?.aborted) throw error
      const missing = missingOf(error)
      before.missing = missing
      if (isFault(error, 'aws-denied')) before.denied += 1
      else if (isFault(error, 'aws-throttled', 'aws-unreachable', 'aws-credentials', 'aws-region-off', 'aws-undeclared')) before.failed += 1
      for (const { arn } of rows) answers.set(arn, { missing })
    }
  }

  return {
    async ask(detail, rows) {
      const answers = new Map<string, Known>()
      const sources = sourcesOf(detail)
      const size = detail.atOnce ?? 1
      let next = 0
      const work = async () => {
        while (next < rows.length) {
          const some = rows.slice(next, next + size)
          next += size
          await askSome(detail, some, sources, answers)
        }
      }
      await Promise.all(Array.from({ length: Math.min(atOnce, Math.ceil(rows.length / size)) }, work))
      return answers
    },
  }
}
