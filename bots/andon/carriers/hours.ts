import type { CarrierConfig } from '../../../core/catalog/schema-andon.ts'
import { weekdays } from '../../../core/catalog/schema-parts.ts'
import { instantOf, localOf } from './zoned.ts'

export interface Desk {
  open: boolean
  /** Epoch ms; null: it is open, or never opens. */
  opensAt: number | null
}

const dayMs = 86_400_000
/** Over a week some day of it comes again; one day before, for hours that go past midnight. */
const daysAround = Array.from({ length: 10 }, (_, n) => n - 1)

/** Whether somebody is at a carrier's desk now, and when the next one comes. Pure. Without hours somebody always is. */
export function deskHours({ zone, hours }: Pick<CarrierConfig, 'zone' | 'hours'>, now: number): Desk {
  if (hours.length === 0) return { open: true, opensAt: null }
  const spans = daysAround.flatMap((ahead) => spansOf({ zone, hours }, now, ahead))
  if (spans.some(({ from, until }) => from <= now && now < until)) return { open: true, opensAt: null }
  const next = spans.map(({ from }) => from).filter((from) => from > now)
  return { open: false, opensAt: next.length > 0 ? Math.min(...next) : null }
}

/** When somebody is there for the first time from `now` on. */
export const deskFrom = (carrier: Pick<CarrierConfig, 'zone' | 'hours'>, now: number): number => deskHours(carrier, now).opensAt ?? now

function spansOf({ zone, hours }: Pick<CarrierConfig, 'zone' | 'hours'>, now: number, ahead: number) {
  const today = localOf(now, zone)
  // A calendar day, carried by UTC where every day has 24 hours.
  const date = new Date(Date.UTC(today.year, today.month - 1, today.day) + ahead * dayMs)
  const weekday = weekdays[(date.getUTCDay() + 6) % 7] as (typeof weekdays)[number]
  const at = (time: string, later: boolean) => {
    const on = new Date(date.getTime() + (later ? dayMs : 0))
    const [hour, minute] = time.split(':').map(Number) as [number, number]
    return instantOf({ year: on.getUTCFullYear(), month: on.getUTCMonth() + 1, day: on.getUTCDate(), hour, minute }, zone)
  }
  return hours
    .filter(({ days }) => days.includes(weekday))
    .map(({ from, until }) => ({ from: at(from, false), until: at(until, until <= from) }))
}
