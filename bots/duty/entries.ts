import type { Entry } from '../../core/journal/context.ts'
import type { Json } from '../../core/runs/run.ts'
import type { Person } from '../andon/andon.ts'
import type { DecisionKind, Digest } from './review.ts'
import type { Day, WeekId } from './week.ts'

/** Everything that the journal tells of duty and reviews: kind, and what it says. `by` is whoever did it. */
export interface DutyEntries {
  'duty.drawn': { week: WeekId; people: Person[]; days: Day[]; missing: number; by: Person | null }
  'duty.swap-asked': { week: WeekId; swap: string; from: Person; to: Person; days: Day[] }
  'duty.swap-ended': {
    week: WeekId
    swap: string
    from: Person
    to: Person
    days: Day[]
    status: 'swapped' | 'declined' | 'withdrawn' | 'expired'
  }
  'duty.absent': { absence: string; person: Person; from: Day; until: Day; by: Person }
  'duty.present': { absence: string; person: Person; from: Day; until: Day; by: Person }
  'duty.replaced': { week: WeekId; person: Person; in: Person | null; days: Day[] }
  'review.opened': { review: string; day: Day; people: Person[]; items: number; waiting: number; late: boolean }
  /** Its hour came and went, and it was not opened: the controller was not there. */
  'review.missed': { review: null; day: Day }
  'review.reminder': { review: string; leftMs: number; undecided: number }
  'review.decided': { review: string; item: number; finding: string; decision: DecisionKind; by: Person }
  'review.ended': {
    review: string
    day: Day
    how: 'decided' | 'by-hand' | 'clock' | 'nothing'
    by: Person | null
    decided: number
    carried: number
    lastedMs: number
  }
  'review.digest': { digest: string; week: WeekId; facts: Digest }
}
export type DutyEntryKind = keyof DutyEntries

export type DutyEntry = Entry & { kind: DutyEntryKind }

/** The only place where they are made. */
export const entry = <Kind extends DutyEntryKind>(kind: Kind, data: DutyEntries[Kind]): DutyEntry & { kind: Kind } => ({
  kind,
  ...{ component: null, incident: null, run: null, andon: null },
  data: data as unknown as { [key: string]: Json },
})
