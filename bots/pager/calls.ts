import type { Clock } from '../../core/clock.ts'
import { causeChain, isFault } from '../../core/errors.ts'
import type { Journal, OutboxEntry } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Records } from '../../core/records/record.ts'
import { scrub } from '../../core/scrub.ts'
import type { Locale, Page, PageCall, Pager, Reach } from './define.ts'
import { type Call, type PageData, pending, ringing } from './page.ts'
import type { KeyedPager, NotifyPayload } from './ring.ts'
import { newsText, textOf, titleOf } from './words.ts'

export interface CallPorts {
  journal: Pick<Journal, 'due' | 'lane' | 'settle'>
  records: Records<PageData>
  pagers: readonly KeyedPager[]
  reach(id: string): Reach[]
  clock: Clock
  log: Log
  /** Of what is said to nobody in particular. */
  locale: Locale
  /** No pager has taken a call of this page, and none is left that was not tried. */
  onUnreached(page: PageData, problem: string, delayMs: number): Promise<void>
  /** A pager took a call of it, for the first time. */
  onReached(page: PageData): Promise<void>
}

const batch = 1_000
const parallel = 32
const laneMax = 50
const firstRetryMs = 1_000
const longestRetryMs = 60_000
/** A way that fails while another one worked is not tried for ever. */
const triesBeside = 10

/** Takes the messages of the channel `notify` to the pagers: lane by lane in order, the lanes beside each other. */
export function deliverCalls(ports: CallPorts) {
  const { journal, records, pagers, clock, log } = ports
  const busy = new Map<string, Promise<void>>()
  let stopped = false

  /** What a pager took and could not be marked yet: it is marked, not sent again. */
  const unmarked = new Set<number>()
  /** Lanes for which the store failed; they wait longer and longer. */
  const held = new Map<string, { times: number; until: number }>()

  /** Begins what is due. */
  async function look(): Promise<void> {
    for (const { lane } of await journal.due(batch, 'notify')) {
      if (stopped || busy.size >= parallel) return
      if (lane === null || busy.has(lane) || (held.get(lane)?.until ?? 0) > clock.now()) continue
      busy.set(lane, run(lane))
    }
  }

  async function run(lane: string): Promise<void> {
    try {
      await work(lane)
      held.delete(lane)
    } catch (error) {
      const times = (held.get(lane)?.times ?? 0) + 1
      held.set(lane, { times, until: clock.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** (times - 1)) })
      log.error({ lane, err: causeChain(error) }, 'what became of a call could not be recorded; tried again')
    } finally {
      busy.delete(lane)
      // Others may have waited for room.
      if (busy.size === parallel - 1) void look().catch(() => {})
    }
  }

  async function work(lane: string): Promise<void> {
    for (const entry of await journal.lane('notify', lane, laneMax)) {
      if (stopped) return
      const payload = entry.payload as unknown as NotifyPayload
      const page = (await records.get(payload.page))?.data
      // Withdrawn: marked as done, because nothing went wrong.
      if (!page || !(unmarked.has(entry.id) || wanted(page, payload, lane))) await journal.settle(entry.id, { sent: true })
      else if (entry.nextAt > clock.now() || !(await send(entry, payload, page))) return
    }
  }

  /** False: it waits for its next try. */
  async function send(entry: OutboxEntry, payload: NotifyPayload, page: PageData): Promise<boolean> {
    const pager = pagers.find(({ key }) => key === payload.pager)?.pager
    if (!unmarked.has(entry.id)) {
      try {
        if (!pager) throw new Error('it is no longer configured')
        const whole = pageFor(page, payload, pager, ports)
        if (payload.kind === 'call') await pager.deliver(whole)
        else await pager.tell?.({ kind: payload.kind, page: whole, ...newsFor(page, payload, whole.call.locale) })
      } catch (error) {
        return failed(entry, payload, error, pager === undefined)
      }
    }
    unmarked.add(entry.id)
    if (payload.kind === 'call') await taken(payload)
    await journal.settle(entry.id, { sent: true })
    unmarked.delete(entry.id)
    return true
  }

  const mark = (payload: NotifyPayload, change: (call: Call, page: PageData) => Partial<Call>) =>
    records.change<{ page: PageData | null; first: boolean }>({ ids: [payload.page] }, ({ records: found, now }) => {
      const stored = found.get(payload.page)
      if (!stored) return { answer: { page: null, first: false } }
      const { data } = stored
      const calls = data.calls.map((call) => (call.n === payload.n ? { ...call, ...change(call, data) } : call))
      const reached = calls.some((call) => call.takenAt !== null)
      const page: PageData = { ...data, calls, reachedAt: data.reachedAt ?? (reached ? now : null) }
      return { put: [{ ...stored, data: page }], answer: { page, first: data.reachedAt === null && reached } }
    })

  async function taken(payload: NotifyPayload): Promise<void> {
    const { page, first } = await mark(payload, () => ({ status: 'taken', takenAt: clock.now(), problem: null }))
    if (page && first) await ports.onReached(page)
  }

  async function failed(entry: OutboxEntry, payload: NotifyPayload, error: unknown, gone: boolean): Promise<boolean> {
    const problem = scrub(`${payload.pager}: ${causeChain(error)}`)
    log.error({ pageId: payload.page, incidentId: entry.incident, problem }, 'a pager failed')
    const details = isFault(error) ? error.details : {}
    const askedMs = typeof details.retryAfterMs === 'number' ? Math.min(details.retryAfterMs, longestRetryMs) : 0
    const delayMs = Math.max(askedMs, Math.min(longestRetryMs, firstRetryMs * 2 ** entry.attempts))
    const tired = (page: PageData) => entry.attempts + 1 >= triesBeside && (payload.kind !== 'call' || page.reachedAt !== null)
    const current = (await records.get(payload.page))?.data
    const givesUp = gone || details.permanent === true || !current || tired(current)
    if (payload.kind === 'call') {
      const { page } = await mark(payload, (call) => (pending(call) ? { status: givesUp ? 'given-up' : 'failed', problem } : { problem }))
      if (page && page.reachedAt === null && ringing(page) && !page.calls.some(({ status }) => status === 'waiting'))
        await ports.onUnreached(page, problemsOf(page), delayMs)
    }
    if (givesUp) await journal.settle(entry.id, { sent: false, problem, givenUp: true, andon: payload.andon })
    else await journal.settle(entry.id, { sent: false, problem, nextAt: clock.now() + delayMs })
    return givesUp
  }

  return {
    look,
    start(): void {
      stopped = false
    },
    async stop(): Promise<void> {
      stopped = true
      await Promise.all(busy.values())
    },
  }
}

function wanted(page: PageData, { kind, n }: NotifyPayload, lane: string): boolean {
  if (kind === 'call') return ringing(page) && page.calls.some((call) => call.n === n && pending(call))
  const heard = page.calls.some((call) => call.lane === lane && call.takenAt !== null)
  return heard && (kind === 'closed' ? page.state.status === 'closed' : page.state.status === 'acknowledged')
}

const problemsOf = (page: PageData) => [...new Set(page.calls.flatMap(({ problem }) => problem ?? []))].join('; ')

/** In the language of the one who is called; what everybody reads (a log, a service) in that of the house. */
function pageFor(
  page: PageData,
  { n }: NotifyPayload,
  { split }: Pick<Pager, 'split'>,
  { reach, locale }: Pick<CallPorts, 'reach' | 'locale'>,
): Page & { call: PageCall } {
  const call = page.calls.find((one) => one.n === n)
  const people = (call?.people ?? []).flatMap(reach)
  const spoken = split && people.length === 1 && people[0] ? people[0].locale : locale
  return {
    dedupe: page.dedupe,
    incident: page.incident,
    title: titleOf(page.payload, spoken),
    text: textOf(page.payload, page.incident, spoken, { page: page.id, everybody: call?.level === null }),
    payload: page.payload,
    call: { page: page.id, n, level: call?.level ?? null, round: call?.round ?? 0, people, locale: spoken },
  }
}

function newsFor({ acknowledged, state }: PageData, { kind, at }: NotifyPayload, locale: Locale) {
  const why = state.status === 'closed' ? state.why : null
  return { acknowledged, why, at, text: newsText(kind === 'closed' ? 'closed' : 'acknowledged', acknowledged, why, locale) }
}
