import type { Catalog } from '../../core/catalog/catalog.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { FindingsDesk } from '../../guardians/desk.ts'
import type { Actor } from '../andon/andon.ts'
import type { DecisionInput } from './deciding.ts'
import type { Draw } from './draw.ts'
import type { DeclaredAbsence, DutyWeek, Swap } from './duty.ts'
import type { Digest, Review } from './review.ts'
import type { Day, WeekId } from './week.ts'

/** What duty, reviews and asks need of the house. No chat is among it. */
export interface DutyPorts {
  catalog: Catalog
  settings: DutyConfig
  journal: Journal
  findings: FindingsDesk
  clock: Clock
  log: Log
}

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

/** The reviews. Errors as those of `DutyDesk`, and those of the desk of findings. */
export interface ReviewDesk {
  /** The one that goes on now. */
  current(): Promise<Review | null>
  get(id: string): Promise<Review | null>
  /** Newest first. */
  list(limit: number, after?: string): Promise<Review[]>
  /** Opens that of today by hand; the one that there is already, if there is one. */
  open(actor: Actor): Promise<Review>
  /** One decision per item; it stands. The last one ends the review. */
  decide(id: string, item: number, input: DecisionInput, actor: Actor): Promise<Review>
  end(id: string, actor: Actor): Promise<Review>
  digest(week: WeekId): Promise<Digest | null>
  /** Opens, reminds, ends, tells the week. */
  tick(): Promise<void>
}
