import { type Clock, sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { IamAction } from '../define.ts'
import type { SendOptions } from './aws.ts'
import { actionOf, dollarsOf } from './calls.ts'
import { mayPass, refusalOf } from './errors.ts'
import type { Ledger } from './ledger.ts'
import type { Pace } from './pace.ts'

interface Attempting {
  clock: Clock
  random: Random
  ledger: Ledger
  /** Account and region: each has limits of its own. */
  place: string
  how: SendOptions
  paces(action: IamAction): { calls: Pace; datapoints?: Pace }
  throttledAttempts: number
  unwellAttempts: number
  pauseMs: number
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's middleware, of any operation
type Sdk = any

const longestPauseMs = 8_000

/**
 * How one command goes out: declared? then paced, counted, and tried again after throttling. A middleware, because only there the
 * SDK says which operation it is (class names do not survive bundling), and because each try must be paced and signed anew.
 */
export function attempting({ clock, random, ledger, place, how, paces, throttledAttempts, unwellAttempts, pauseMs }: Attempting) {
  let action: IamAction | null = null
  let attempts = 0

  /** Full jitter: those who were throttled together do not come back together. */
  const pause = () => sleep(clock, random.next() * Math.min(longestPauseMs, pauseMs * 2 ** attempts), how.signal)

  const middleware = (next: Sdk, context: Sdk) => async (args: Sdk) => {
    const named = actionOf(context.clientName, context.commandName)
    action = named
    if (how.calls && !how.calls.includes(named)) throw fault('aws-undeclared', { call: named })
    const { calls, datapoints } = paces(named)
    for (;;) {
      await datapoints?.take(datapointsOf(args.input), how.signal)
      await calls.take(1, how.signal)
      how.signal?.throwIfAborted()
      attempts += 1
      ledger.add(named, place, { calls: 1 })
      try {
        const result = await next(args)
        ledger.add(named, place, { usd: dollarsOf(named, { input: args.input, output: result.output }) })
        return result
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal === 'throttled') {
          calls.throttled()
          ledger.add(named, place, { throttled: 1 })
        } else if (refusal === 'denied') ledger.add(named, place, { denied: 1 })
        const most = refusal === 'throttled' ? throttledAttempts : unwellAttempts
        if (!mayPass(refusal) || attempts >= most || how.signal?.aborted) throw error
        await pause()
      }
    }
  }
  return { middleware, action: () => action, attempts: () => attempts }
}

interface MetricInput {
  StartTime?: Date
  EndTime?: Date
  MetricDataQueries?: { MetricStat?: { Period?: number } }[]
}

/** How many datapoints a GetMetricData asks for at most. */
function datapointsOf({ StartTime, EndTime, MetricDataQueries = [] }: MetricInput): number {
  const windowS = ((EndTime?.getTime() ?? 0) - (StartTime?.getTime() ?? 0)) / 1_000
  return MetricDataQueries.reduce((sum, { MetricStat }) => sum + windowS / (MetricStat?.Period ?? 60), 0)
}
