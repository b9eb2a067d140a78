import { nextWithinHours, withinHours } from '../../../core/calendar.ts'
import type { CarrierConfig } from '../../../core/catalog/schema-andon.ts'

type Hours = Pick<CarrierConfig, 'zone' | 'hours'>

export interface Desk {
  open: boolean
  /** Epoch ms; null: it is open, or never opens. */
  opensAt: number | null
}

/** Whether somebody is at a carrier's desk now, and when the next one comes. Pure. Without hours somebody always is. */
export function deskHours({ zone, hours }: Hours, now: number): Desk {
  const open = withinHours(hours, zone, now)
  return { open, opensAt: open ? null : nextWithinHours(hours, zone, now) }
}

/** When somebody is there for the first time from `now` on. */
export const deskFrom = (carrier: Hours, now: number): number => deskHours(carrier, now).opensAt ?? now
