import type { PersonConfig } from '../../core/catalog/schema-people.ts'
import type { Clock } from '../../core/clock.ts'
import type { Json } from '../../core/runs/run.ts'
import type { Acknowledgement } from './page.ts'

export type Locale = PersonConfig['locale']
/** Who is called. The ways to reach them go to the pager, and nowhere else. */
export type Reach = Pick<PersonConfig, 'id' | 'name' | 'locale' | 'phone' | 'email'>

/** What a person is told; `text` is ready to be read, `payload` is for machines. */
export interface Page {
  /** The same page carries the same key, however often it is sent. */
  dedupe: string
  incident: string | null
  title: string
  text: string
  payload: { [key: string]: Json }
  /** Of the desk; absent when there is no store to keep a page in. */
  call?: PageCall
}

export interface PageCall {
  /** Id of the page. */
  page: string
  /** The same call, sent again, carries the same number. */
  n: number
  /** Null: everybody. */
  level: number | null
  round: number
  /** Nobody in particular when empty. */
  people: readonly Reach[]
  locale: Locale
}

/** What became of a page, for those who were called. */
export interface PageNews {
  kind: 'acknowledged' | 'closed'
  page: Page & { call: PageCall }
  acknowledged: Acknowledgement | null
  /** Of `closed`. */
  why: string | null
  at: number
  /** One line in the locale of who is told. */
  text: string
}

export interface PagerPorts {
  clock: Clock
  /** Where the pager `log` writes. */
  write(line: string): void
  environment(name: string): string | undefined
  /** Certificate authority (PEM) to trust beside those of the system. */
  ca?: string
}

/** A way to reach a person. */
export interface Pager {
  kind: string
  /**
   * How a call is split into messages: each inner list is one. No list: this pager reaches none of them. Absent: one message with
   * all of them.
   */
  split?(people: readonly Reach[]): Reach[][]
  /**
   * Ends when the other side has taken the page, and throws when it has not: `page-not-sent`, with `permanent: true` among its
   * details when it never will, `retryAfterMs` when it says so.
   */
  deliver(page: Page): Promise<void>
  /** Tells those who were called. Absent: it has no way to. */
  tell?(news: PageNews): Promise<void>
}

/** For pagers that call one person at a time. */
export const oneByOne = (people: readonly Reach[]): Reach[][] => (people.length === 0 ? [[]] : people.map((person) => [person]))

/** The page as machines read it; what people read comes last, and counts. `person`: who is called, with the ways to reach them. */
export const documentOf = ({ payload, dedupe, incident, title, text, call }: Page) =>
  JSON.stringify({
    ...payload,
    componentTitle: payload.title,
    ...(call
      ? {
          type: 'page.called',
          page: call.page,
          level: call.level,
          round: call.round,
          person: personOf(call),
          people: call.people.map(named),
        }
      : {}),
    dedupe,
    incident,
    title,
    text,
  })

/** What became of it, for machines. */
export const newsOf = ({ kind, page, acknowledged, why, at, text }: PageNews) =>
  JSON.stringify({
    type: `page.${kind}`,
    page: page.call.page,
    dedupe: page.dedupe,
    incident: page.incident,
    component: page.payload.component ?? null,
    by: acknowledged?.by ?? null,
    via: acknowledged?.via ?? null,
    why,
    at: new Date(at).toISOString(),
    person: personOf(page.call),
    title: page.title,
    text,
  })

const named = ({ id, name, locale }: Reach) => ({ id, name, locale })
const personOf = ({ people: [one] }: PageCall) => (one ? { ...named(one), phone: one.phone ?? null, email: one.email ?? null } : null)
