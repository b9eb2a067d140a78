import type { Page, PageNews, Pager } from '../bots/pager/define.ts'
import type { ConfigInput } from '../core/catalog/schema.ts'
import type { Clock } from '../core/clock.ts'
import { fault } from '../core/errors.ts'

/** People who are on call, with a policy of two levels. */
export const people = {
  people: [
    { id: 'aki', name: 'Aki', locale: 'ja', email: 'aki@example.com', phone: '+81 90 1234 5678', teams: ['leads'] },
    { id: 'ben', name: 'Ben', email: 'ben@example.com', teams: ['core'] },
    { id: 'chi', name: 'Chi', teams: ['core'] },
  ],
  teams: [{ id: 'core', policy: 'core' }],
  schedules: [{ id: 'core', zone: 'Asia/Tokyo', layers: [{ people: ['ben', 'chi'], start: '2026-11-16T09:00' }] }],
  policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['team:leads'] }], repeat: 0 }],
  components: [{ id: 'polaris', owner: 'core', members: [{ id: 'polaris-1' }] }],
} satisfies ConfigInput

/** A pager that keeps what it took, and when it was asked. */
export function keepingPager(clock: Clock, works: (asked: number, page: Page) => boolean = () => true, more: Partial<Pager> = {}) {
  const took: Page[] = []
  const heard: PageNews[] = []
  const askedAt: number[] = []
  const deliver: Pager['deliver'] = async (page) => {
    askedAt.push(clock.monotonic())
    if (!works(askedAt.length, page)) throw fault('page-not-sent', { kind: 'test', problem: 'nobody there' })
    took.push(page)
  }
  return { kind: 'test', deliver, tell: async (news: PageNews) => void heard.push(news), ...more, took, askedAt, heard }
}
