import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Journal } from '../../core/journal/journal.ts'
import { icsOf } from './ics.ts'
import type { Rota } from './rota.ts'

const dayMs = 86_400_000
const pastMs = 30 * dayMs
const aheadMs = 120 * dayMs

export type Feeds = ReturnType<typeof openFeeds>

/**
 * Secrets in the addresses of calendars: a calendar program cannot send a bearer token. One per schedule; a new one ends the old.
 * `key` lasts as long as they are to last.
 */
export function openFeeds({ key, journal }: { key: string; journal: Pick<Journal, 'reference' | 'refer'> }) {
  const nameOf = (schedule: string) => `schedule-feed/${schedule}`
  const generation = async (schedule: string) => Number((await journal.reference(nameOf(schedule))) ?? 0)
  const secretOf = (schedule: string, turn: number) => createHmac('sha256', key).update(`${schedule}/${turn}`).digest('base64url')
  const current = async (schedule: string) => secretOf(schedule, await generation(schedule))
  return {
    path: async (schedule: string) => `/v1/schedules/${schedule}.ics?token=${await current(schedule)}`,
    async opens(schedule: string, token: string): Promise<boolean> {
      const wanted = Buffer.from(await current(schedule))
      const given = Buffer.from(token)
      return given.length === wanted.length && timingSafeEqual(given, wanted)
    },
    async renew(schedule: string): Promise<void> {
      await journal.refer({ [nameOf(schedule)]: String((await generation(schedule)) + 1) })
    },
  }
}

/** The turns of a schedule around `now`, as a calendar. */
export function calendarOf(rota: Rota, id: string, now: number, host: string): string {
  const shifts = rota.wholeSpans(id, now - pastMs, now + aheadMs).flatMap(({ from, until, duty }) => {
    const person = duty && rota.findPerson(duty.person)
    return person ? [{ from, until, person: { id: person.id, name: person.name } }] : []
  })
  return icsOf({ id, title: rota.schedule(id).title || id, at: now, shifts, host })
}
