import type { Catalog } from '../../core/catalog/catalog.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Check } from '../../guardians/define.ts'
import type { FindingsDesk } from '../../guardians/desk.ts'
import type { Actor } from '../andon/andon.ts'
import type { Draw } from './draw.ts'
import type { DeclaredAbsence, DutyWeek, Swap } from './duty.ts'
import type { Day, WeekId } from './week.ts'

/** What duty, reviews and asks need of the house. No chat is among it. */
export interface DutyPorts {
  catalog: Catalog
  settings: DutyConfig
  journal: Journal
  findings: FindingsDesk
  /** Words of checks; null: a check of a later version, or of the user. */
  check(id: string): CheckWords | null
  /** Guardians that should report each day. */
  guardians: readonly string[]
  clock: Clock
  log: Log
}

export type CheckWords = Pick<Check, 'title' | 'why' | 'fix' | 'says' | 'runbook'>

export interface DutyNow {
  day: Day
  /** Person ids. */
  today: string[]
  week: DutyWeek | null
  next: DutyWeek | null
  /** When the next week is drawn; null: it is. */
  nextDrawAt: number | null
  absences: DeclaredAbsence[]
}

/** Who is on duty. Every surface goes through it. Errors: `not-found`, `bad-request`, `forbidden`, `refused`. */
export interface DutyDesk {
  now(): Promise<DutyNow>
  /** As it was drawn; else as it would be drawn now. */
  week(week: WeekId): Promise<{ kept: DutyWeek | null; draw: Draw }>
  /** Newest first. */
  weeks(limit: number): Promise<DutyWeek[]>
  /** Draws this week or the next one before its hour; one that was drawn stays as it is. */
  draw(week: WeekId, actor: Actor): Promise<DutyWeek>
  /** `from`: who hands over; default: the actor. `day`: the first day; default: the first one to come of the first week with some. */
  askSwap(input: { to: string; from?: string; week?: WeekId; day?: Day }, actor: Actor): Promise<Swap>
  /** Only the one who is asked says yes or no; only the one who asks takes it back. */
  answerSwap(id: string, answer: 'accept' | 'decline' | 'withdraw', actor: Actor): Promise<Swap>
  /** Whoever is on duty then is replaced. */
  absent(input: { person?: string; from: Day; until: Day; reason?: string }, actor: Actor): Promise<DeclaredAbsence>
  /** Takes an absence back. Who was drawn instead stays, unless they swap. */
  present(id: string, actor: Actor): Promise<DeclaredAbsence>
  /** Draws what is due, ends what is over. */
  tick(): Promise<void>
}
