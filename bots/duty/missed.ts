import type { Records } from '../../core/records/record.ts'
import { entry } from './entries.ts'
import type { DutyDesk, DutyPorts } from './ports.ts'
import { isMissed, type MissedReview, type Review, type ReviewData } from './review.ts'
import { type Day, pastReviewDays, reviewAt, weekOfDay } from './week.ts'

interface MissedPorts extends Pick<DutyPorts, 'settings' | 'clock'> {
  records: Records<ReviewData>
  duty: Pick<DutyDesk, 'week'>
  /** The newest review. */
  last(): Promise<Review | undefined>
}

/** A review that did not take place is no secret: it is told once by the journal, and again by the next review. */
export function openMissed({ settings, clock, records, duty, last }: MissedPorts) {
  /** The last day that was looked at: nothing new can be told of it. */
  let looked: Day | undefined

  async function tell(day: Day): Promise<void> {
    await records.change({ key: `missed/${day}` }, (found) => {
      if (found.byKey) return { answer: null }
      const data: MissedReview = { type: 'missed', id: found.mint('rev'), day, at: found.now }
      const key = { component: null, topic: data.type, parent: null, key: `missed/${day}`, nextAt: null, rev: 0 }
      const draft = { id: data.id, status: data.type, open: false, ...key, data }
      return { put: [draft], tell: [entry('review.missed', { review: null, day })], answer: null }
    })
  }

  return {
    /** Before the first review a day is only missed when somebody was drawn for it by then: the house may be new. */
    async tick(): Promise<void> {
      const past = pastReviewDays(clock.now(), settings)
      if (past.at(-1) === looked) return
      const newest = await last()
      for (const day of past.filter((one) => !newest || one > newest.day)) {
        const { kept } = await duty.week(weekOfDay(day))
        if (newest || (kept && kept.drawnAt <= reviewAt(day, settings))) await tell(day)
      }
      looked = past.at(-1)
    },
    /** What became known of since then, without a day that is held after all; oldest first. */
    async since(time: number, but: Day): Promise<Day[]> {
      const found = await records.list({ topic: 'missed' }, { limit: 20 })
      return found.flatMap(({ data }) => (isMissed(data) && data.at >= time && data.day !== but ? [data.day] : [])).toSorted()
    },
  }
}
