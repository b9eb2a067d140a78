import { CostExplorerClient, GetCostAndUsageCommand, type ResultByTime } from '@aws-sdk/client-cost-explorer'
import { fault } from '../../core/errors.ts'
import { defineInventory, type Resource, type Sources } from '../define.ts'
import { arnOf, dayMs } from '../resource.ts'

/** What one service cost so far this month, and in as many days of the month before. */
export interface ServiceCost extends Resource {
  service: string
  /** Almost always `USD`. */
  unit: string
  spent: number
  before: number
  /** Days that are compared, the same on both sides. */
  days: number
  /** Days of that month, to which `spent` may grow. */
  daysOfMonth: number
  /** First days of the two spans, `2026-11-01`. */
  from: string
  beforeFrom: string
}

/** Days that must be settled before a month is compared: fees of its first day would tell the rest. */
const daysMin = 3

/** Every page costs $0.01; more than this many were never seen. */
const pagesMax = 20

/**
 * Costs by service, in one request as a rule: sixty days by service fit one page of Cost Explorer. Their sums need all of them, so
 * that pages, if there are some, are read together.
 */
export const costs = defineInventory<ServiceCost>('costs', {
  title: { en: 'Costs by service', ja: 'サービス別コスト' },
  scope: 'account',
  calls: ['ce:GetCostAndUsage'],
  async page(sources) {
    const { target, clock } = sources
    const span = spanAt(clock.now())
    const sums = new Map<string, { unit: string; spent: number; before: number }>()
    for (const day of await daysOf(sources, span)) {
      const at = Date.parse(`${day.TimePeriod?.Start}T00:00:00Z`)
      const side = sideOf(at, span)
      for (const { Keys, Metrics } of side === null ? [] : (day.Groups ?? [])) {
        const service = Keys?.[0] ?? ''
        const sum = sums.get(service) ?? { unit: Metrics?.UnblendedCost?.Unit ?? 'USD', spent: 0, before: 0 }
        sum[side as 'spent' | 'before'] += Number(Metrics?.UnblendedCost?.Amount ?? 0)
        sums.set(service, sum)
      }
    }
    const { days, daysOfMonth } = span
    const told = { days, daysOfMonth, from: dayOf(span.from), beforeFrom: dayOf(span.beforeFrom) }
    const rows = [...sums].map(([service, sum]) => ({
      ...{ arn: arnOf(target, 'ce', `service/${service}`, { region: true }), name: service, service },
      ...{ ...sum, spent: cents(sum.spent), before: cents(sum.before), ...told },
    }))
    return { rows }
  },
})

interface Span {
  beforeFrom: number
  from: number
  until: number
  days: number
  daysOfMonth: number
}

/**
 * From the first of the month up to and without yesterday, whose costs are not settled. In the first days of a month: the whole
 * month before against the one before that.
 */
export function spanAt(now: number): Span {
  const settled = Math.floor(now / dayMs) * dayMs - dayMs
  const today = new Date(now)
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()]
  const first = Date.UTC(year, month, 1)
  const back = settled >= first + daysMin * dayMs ? 0 : 1
  const from = Date.UTC(year, month - back, 1)
  const until = back === 0 ? settled : first
  const beforeFrom = Date.UTC(year, month - back - 1, 1)
  const days = Math.min((until - from) / dayMs, (from - beforeFrom) / dayMs)
  return { beforeFrom, from, until, days, daysOfMonth: (Date.UTC(year, month - back + 1, 1) - from) / dayMs }
}

function sideOf(at: number, { beforeFrom, from, days }: Span): 'spent' | 'before' | null {
  if (at >= from) return at < from + days * dayMs ? 'spent' : null
  return at >= beforeFrom && at < beforeFrom + days * dayMs ? 'before' : null
}

/** One account only, so that a payer's view is not told twice; without credits, refunds and taxes, which hide what is used. */
async function daysOf({ aws, target }: Sources, span: Span): Promise<ResultByTime[]> {
  const days: ResultByTime[] = []
  let NextPageToken: string | undefined
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const answer = await aws.send(
      CostExplorerClient,
      new GetCostAndUsageCommand({
        TimePeriod: { Start: dayOf(span.beforeFrom), End: dayOf(span.until) },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
        GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
        Filter: {
          And: [
            { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [target.account] } },
            { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund', 'Tax'] } } },
          ],
        },
        NextPageToken,
      }),
    )
    days.push(...(answer.ResultsByTime ?? []))
    NextPageToken = answer.NextPageToken
    if (!NextPageToken) return days
  }
  throw fault('internal', { problem: `Cost Explorer has more than ${pagesMax} pages of sixty days by service` })
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const cents = (amount: number): number => Math.round(amount * 100) / 100
