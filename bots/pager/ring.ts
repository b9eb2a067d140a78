import type { OutboxMessage } from '../../core/journal/journal.ts'
import type { Change, Draft } from '../../core/records/record.ts'
import type { Pager, Reach } from './define.ts'
import { type Call, callsKept, entryOf, type PageData, pending } from './page.ts'
import type { Ring, Step } from './policy.ts'

export interface KeyedPager {
  key: string
  pager: Pager
}

/** What a message of the channel `notify` says. By ids: whoever sends it looks up how they are reached. */
export interface NotifyPayload {
  page: string
  kind: 'call' | 'acknowledged' | 'closed'
  /** The call; of news, the last one of the lane. */
  n: number
  pager: string
  at: number
  component: string | null
  andon: string | null
}

/** What a decision about a page becomes: the record, its entries, and the messages to those who are called. Pure. */
export function changeOf(
  step: Step,
  rev: number,
  now: number,
  pagers: readonly KeyedPager[],
  reach: (id: string) => Reach[],
): Change<PageData, PageData> {
  if (step.ring) {
    const { page, calls } = ringing(step.next, step.ring, now, pagers, reach)
    const called = {
      page: page.id,
      policy: page.policy,
      level: step.ring.level,
      round: step.ring.round,
      people: step.ring.people,
      pagers: [...new Set(calls.map(({ pager }) => pager))],
    }
    const told = calls.length > 0 ? [entryOf(page, 'page.called', called)] : []
    return { put: [draftOf(page, rev)], tell: [...step.tell, ...told], post: calls.map((call) => callMessage(page, call)), answer: page }
  }
  if (!step.news) return { put: [draftOf(step.next, rev)], tell: step.tell, answer: step.next }
  const post = newsMessages(step.next, step.news, now, pagers)
  const page = { ...step.next, calls: step.next.calls.map((call) => (pending(call) ? { ...call, status: 'withdrawn' as const } : call)) }
  return { put: [draftOf(page, rev)], tell: step.tell, post, answer: page }
}

export function draftOf(page: PageData, rev: number): Draft<PageData> {
  const { state } = page
  return {
    id: page.id,
    status: state.status,
    open: state.status !== 'closed',
    component: page.component,
    topic: page.component,
    parent: page.andon ?? page.incident,
    key: page.dedupe,
    nextAt: 'nextAt' in state ? state.nextAt : null,
    rev,
    data: page,
  }
}

function ringing(
  page: PageData,
  { level, round, people }: Ring,
  now: number,
  pagers: readonly KeyedPager[],
  reach: (id: string) => Reach[],
) {
  let n = page.called
  const called = people.flatMap(reach)
  const calls = pagers.flatMap(({ key, pager }) =>
    (pager.split?.(called) ?? [called]).map((some): Call => {
      // Each person has a lane of their own where they are called one by one: one bad address must not hold up the others.
      const lane = `${page.id}/${key}${pager.split ? `/${some[0]?.id ?? ''}` : ''}`
      const ids = some.map(({ id }) => id)
      return { n: ++n, pager: key, lane, level, round, people: ids, status: 'waiting', at: now, takenAt: null, problem: null }
    }),
  )
  const lanes = new Set(calls.map(({ lane }) => lane))
  // What could not go out before is said anew by this call.
  const before = page.calls.map((call) => (pending(call) && lanes.has(call.lane) ? { ...call, status: 'withdrawn' as const } : call))
  return { page: { ...page, called: n, calls: [...before, ...calls].slice(-callsKept) }, calls }
}

const payloadOf = (page: PageData, call: Call, kind: NotifyPayload['kind'], at: number): NotifyPayload => ({
  page: page.id,
  kind,
  n: call.n,
  pager: call.pager,
  at,
  component: page.component,
  andon: page.andon,
})

const message = (page: PageData, call: Call, dedupe: string, payload: NotifyPayload): OutboxMessage => ({
  channel: 'notify',
  lane: call.lane,
  dedupe,
  incident: page.incident,
  payload: { ...payload },
})

const callMessage = (page: PageData, call: Call) => message(page, call, `${page.id}/${call.n}`, payloadOf(page, call, 'call', call.at))

/** To each lane that was called, or is being called at this moment; not to where the news came from. */
function newsMessages(page: PageData, news: 'acknowledged' | 'closed', at: number, pagers: readonly KeyedPager[]): OutboxMessage[] {
  const last = new Map(page.calls.filter((call) => call.takenAt !== null || pending(call)).map((call) => [call.lane, call]))
  return [...last.values()].flatMap((call) => {
    const pager = pagers.find(({ key }) => key === call.pager)?.pager
    if (!pager?.tell || (news === 'acknowledged' && page.acknowledged?.via === pager.kind)) return []
    return [message(page, call, `${call.lane}/${news}/${call.n}/${at}`, payloadOf(page, call, news, at))]
  })
}
