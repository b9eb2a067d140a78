import type { Catalog } from '../core/catalog/catalog.ts'
import { type Clock, minutes } from '../core/clock.ts'
import type { Journal } from '../core/journal/journal.ts'
import { endOverdue } from '../core/maintenance/maintenance.ts'
import { reminders } from './practice.ts'

/** Whether a practice is due is a matter of days. */
const remindEveryMs = minutes(10)

/**
 * What goes back by itself: pauses and windows of maintenance. They count no more when their time is over; here that is told, once.
 * And what is due: a practice. Only the leader does this.
 */
export function openOverdue({ catalog, journal, clock }: { catalog: Catalog; journal: Journal; clock: Clock }) {
  let remindedAt = Number.NEGATIVE_INFINITY
  return {
    async sweep(): Promise<void> {
      await journal.endPauses()
      await endOverdue(journal)
      if (!catalog.config.guards.practice || clock.monotonic() - remindedAt < remindEveryMs) return
      remindedAt = clock.monotonic()
      // The same reminder is put into the outbox once.
      for (const message of reminders(catalog, await journal.successes(), clock.now())) await journal.post(message)
    },
  }
}
