import type { IamAction } from '../define.ts'
import type { Report } from '../report.ts'
import { limitOf } from './limits.ts'

/** What was called, refused and paid. */

export interface Spending {
  calls: number
  throttled: number
  denied: number
  usd: number
}

/** A moment of the ledger, to reckon from. */
export type Tally = ReadonlyMap<IamAction, Readonly<Spending>>

export interface Ledger {
  add(action: IamAction, place: string, what: Partial<Spending>): void
  tally(): Tally
  /** What came since that tally, in `elapsedMs`. */
  cost(elapsedMs: number, since?: Tally): Report['cost']
}

const none: Spending = { calls: 0, throttled: 0, denied: 0, usd: 0 }

export function openLedger(): Ledger {
  const spent = new Map<IamAction, Spending>()
  /** Accounts and regions where a call was made: each has a limit of its own. */
  const places = new Map<IamAction, Set<string>>()

  function lineOf(action: IamAction, elapsedMs: number, before: Readonly<Spending>): Report['cost']['byCall'][number] {
    const now = spent.get(action) ?? none
    const { perSecond, burst } = limitOf(action)
    const calls = now.calls - before.calls
    const allowed = (places.get(action)?.size ?? 1) * (burst + (perSecond * Math.max(0, elapsedMs)) / 1_000)
    return {
      ...{ call: action, calls, throttled: now.throttled - before.throttled, denied: now.denied - before.denied },
      ...{ usd: rounded(now.usd - before.usd), share: Math.round((calls / allowed) * 10_000) / 10_000 },
    }
  }

  return {
    add(action, place, { calls = 0, throttled = 0, denied = 0, usd = 0 }) {
      const line = spent.get(action) ?? { ...none }
      spent.set(action, line)
      line.calls += calls
      line.throttled += throttled
      line.denied += denied
      line.usd += usd
      const known = places.get(action) ?? new Set()
      places.set(action, known.add(place))
    },
    tally: () => new Map([...spent].map(([action, line]) => [action, { ...line }])),
    cost(elapsedMs, since) {
      const byCall = [...spent.keys()]
        .map((action) => lineOf(action, elapsedMs, since?.get(action) ?? none))
        .filter(({ calls }) => calls > 0)
        .sort((a, b) => b.calls - a.calls || (a.call < b.call ? -1 : 1))
      return {
        calls: byCall.reduce((sum, { calls }) => sum + calls, 0),
        usd: rounded(byCall.reduce((sum, { usd }) => sum + usd, 0)),
        byCall,
      }
    },
  }
}

const rounded = (usd: number) => Math.round(usd * 1e6) / 1e6
