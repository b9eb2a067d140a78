import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Clock, every } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent, Page as ListPage, OutboxEntry } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Found, Stored } from '../../core/records/record.ts'
import { deliverCalls } from './calls.ts'
import type { Pager, Reach } from './define.ts'
import { keysOf } from './open.ts'
import { type By, type PageData, pending, ringing } from './page.ts'
import { acknowledge, again, begin, close, type PolicyEnv, reescalate, type Step, tick } from './policy.ts'
import { changeOf, type KeyedPager } from './ring.ts'
import type { Rota } from './rota.ts'

export interface PageDeskPorts {
  catalog: Catalog
  journal: Journal
  rota: Rota
  pagers: readonly Pager[]
  clock: Clock
  log: Log
  /** No pager takes a page: the moment for the roster with the phone numbers. Once per page and hour. */
  onNobodyReached?(page: PageData): void
}

/** The one door to pages: every way to acknowledge comes through here. */
export interface PageDesk {
  /** By its id, or its dedupe key. `changed` false: somebody had it already, or it has ended. Throws `not-found`. */
  acknowledge(id: string, by: By, via: string): Promise<{ page: PageData; changed: boolean }>
  /** All that are open of it. */
  close(what: { id: string } | { incident: string } | { andon: string }, why: string): Promise<PageData[]>
  /** Whoever has it cannot go on. Throws `not-found`, `conflict` when it has ended. */
  reescalate(id: string, by: By, reason: string): Promise<PageData>
  get(id: string): Promise<PageData | null>
  /** Newest first. `component` and `parent` (an andon, else an incident) exclude each other. */
  list(filter: { open?: true; component?: string; parent?: string }, page: ListPage): Promise<PageData[]>
  /** Calls people from now on; before, and after `stop`, pages are only kept. May be started again. */
  start(): Promise<void>
  /** What is begun is waited for. */
  stop(): Promise<void>
}

const ordersMax = 200
const ticksMax = 50
const openMax = 200
const lookEveryMs = 1_000
const rosterEveryMs = 3_600_000
/** No pager can be used at all; whether that is still so is looked at so often. */
const uselessRetryMs = 60_000

export function openPageDesk(ports: PageDeskPorts): PageDesk {
  const { catalog, journal, rota, clock, log } = ports
  const records = journal.records<PageData>('page')
  const keys = keysOf(ports.pagers)
  const pagers: KeyedPager[] = ports.pagers.map((pager, at) => ({ key: keys[at] as string, pager }))
  const reach = (id: string): Reach[] => {
    const found = rota.findPerson(id)
    return found ? [{ id, name: found.name, locale: found.locale, phone: found.phone, email: found.email }] : []
  }
  const calls = deliverCalls({ journal, records, pagers, reach, clock, log, locale: catalog.config.andon.locale, onReached, onUnreached })
  /** When the roster was shown last, by page. */
  const shown = new Map<string, number>()
  const ends: (() => unknown)[] = []
  /** Of several controllers one calls people: the others take acknowledgements only. */
  let stopped = true
  let busy: Promise<void> | null = null
  let more = false

  const envOf = (page: Pick<PageData, 'policy'>, now: number): PolicyEnv => ({
    now,
    policy: page.policy === null ? null : rota.policy(page.policy),
    onDuty: (refs) => rota.onDuty(refs, now),
    everybody: (refs) => rota.everybody(refs, now),
  })

  /** Decides about a page that there is, in one transaction. `decide` answers null when nothing is to change. */
  async function change(
    id: string,
    decide: (page: PageData, env: PolicyEnv) => Step | null,
  ): Promise<{ page: PageData; changed: boolean }> {
    const answer = await records.change({ ids: [id] }, ({ records: found, now }: Found<PageData>) => {
      const stored = found.get(id)
      if (!stored) throw fault('not-found', { what: 'page', id, list: 'GET /v1/pages' })
      const step = decide(stored.data, envOf(stored.data, now))
      if (!step) return { answer: { page: stored.data, changed: false } }
      const change = changeOf(step, stored.rev, now, pagers, reach)
      return { ...change, answer: { page: change.answer, changed: true } }
    })
    if (answer.changed) wake()
    return answer
  }

  async function onReached(page: PageData): Promise<void> {
    shown.delete(page.id)
    await journal.settle(page.order, { sent: true })
  }

  async function onUnreached(page: PageData, problem: string, delayMs: number): Promise<void> {
    const useless = !page.calls.some(pending)
    const nextAt = clock.now() + (useless && page.calls.length > 0 ? uselessRetryMs : delayMs)
    await journal.settle(page.order, { sent: false, problem, nextAt })
    if (clock.now() - (shown.get(page.id) ?? Number.NEGATIVE_INFINITY) < rosterEveryMs) return
    shown.set(page.id, clock.now())
    ports.onNobodyReached?.(page)
  }

  /** What no pager took needs none any more. */
  async function settleOrder(page: PageData): Promise<void> {
    shown.delete(page.id)
    if (page.reachedAt !== null) return journal.settle(page.order, { sent: true })
    const problem =
      page.state.status === 'closed' ? `it ended before a pager took it: ${page.state.why}` : 'acknowledged before a pager took it'
    return journal.settle(page.order, { sent: false, problem, givenUp: true, andon: page.andon })
  }

  async function take(order: OutboxEntry): Promise<void> {
    const known = (await records.byKey(order.dedupe))?.data
    if (!known) return beginPage(order)
    if (known.reachedAt !== null || !ringing(known)) return settleOrder(known)
    if (known.calls.some(pending)) return
    // No way to call was left: perhaps there is one now.
    const { page } = await change(known.id, (found, env) => (ringing(found) && !found.calls.some(pending) ? again(found, env) : null))
    if (!page.calls.some(pending)) await onUnreached(page, noWay(page), Math.min(uselessRetryMs, lookEveryMs * 2 ** order.attempts))
  }

  async function beginPage(order: OutboxEntry): Promise<void> {
    const { payload, incident } = order
    const andon = textAt(payload, 'andon')
    const over = (await answeredWhy(payload)) ?? (await endedWhy({ incident, andon }))
    const page = await records.change({ key: order.dedupe }, ({ now, mint, byKey }) => {
      if (byKey) return { answer: byKey.data }
      const policy = rota.policyOf(payload)?.id ?? null
      const data: PageData = {
        id: mint('page'),
        dedupe: order.dedupe,
        order: order.id,
        component: textAt(payload, 'component'),
        incident,
        andon,
        purpose: textAt(payload, 'purpose'),
        policy,
        payload,
        openedAt: now,
        state: { status: 'firing', level: 0, round: 0, nextAt: null },
        calls: [],
        called: 0,
        reachedAt: null,
        acknowledged: null,
      }
      const step = over === null ? begin(data, envOf(data, now)) : (close(data, now, over) as Step)
      return changeOf(step, 0, now, pagers, reach)
    })
    if (!ringing(page)) return settleOrder(page)
    if (page.calls.length === 0) await onUnreached(page, noWay(page), lookEveryMs)
    // It may have ended while we wrote: whoever closed its pages then did not find this one.
    const since = (await answeredWhy(page.payload)) ?? (await endedWhy(page))
    if (since !== null) await closeAll([page.id], since)
  }

  /** Why nobody needs to be called any more; null: somebody does. */
  async function endedWhy({ incident, andon }: Pick<PageData, 'incident' | 'andon'>): Promise<string | null> {
    if (andon !== null) {
      const found = await journal.records('andon').get(andon)
      return found && !found.open ? 'the andon has ended' : null
    }
    const found = incident === null ? null : await journal.incident(incident)
    return found?.endedAt ? `the incident has ended: ${found.reason}` : null
  }

  /** What became of the run that people were asked to approve; null: it waits, or none was. */
  async function answeredWhy(payload: OutboxEntry['payload']): Promise<string | null> {
    const id = payload.purpose === 'approval' ? textAt(payload, 'run') : null
    const run = id === null ? null : await journal.run(id)
    if (!run || run.status === 'waiting') return null
    return run.answer === 'approved' ? `approved by ${run.approvedBy}` : run.reason
  }

  const noWay = (page: PageData) =>
    pagers.length === 0
      ? 'no pager is configured'
      : `no pager reaches ${page.policy === null ? 'anybody' : `who is called by ${page.policy}`}`

  async function closeAll(ids: readonly string[], why: string): Promise<PageData[]> {
    const closed: PageData[] = []
    for (const id of ids) {
      const { page, changed } = await change(id, (found, { now }) => close(found, now, why))
      if (changed) closed.push(page)
    }
    return closed
  }

  const openOf = async (parent: string) => (await records.list({ parent, open: true }, { limit: openMax })).map(({ data }) => data)

  /** What happened elsewhere ends a page, or says that somebody has it. */
  async function heard({ kind, incident, andon, run, data }: JournalEvent): Promise<void> {
    if (run && (kind === 'run.approved' || (kind === 'run.finished' && data.answer !== undefined))) {
      const page = await records.byKey(`approval/${run}`)
      if (page) await closeAll([page.id], kind === 'run.approved' ? `approved by ${data.by}` : String(data.reason))
    }
    if ((kind === 'incident.recovered' || kind === 'incident.resolved') && incident)
      await closeAll(idsOf(await openOf(incident)), `the incident ${kind.slice('incident.'.length)}: ${data.reason ?? ''}`)
    if ((kind === 'andon.resolved' || kind === 'andon.merged') && andon)
      await closeAll(idsOf(await openOf(andon)), kind === 'andon.merged' ? `the andon goes on as ${data.into}` : 'the andon was resolved')
    if (kind === 'andon.call' && data.again === true && andon) await climb(andon, incident)
    const lead = kind === 'andon.role' && data.role === 'lead' ? (data.person as By | null) : null
    if (!lead || !andon) return
    const calling = (await openOf(andon)).filter(({ purpose }) => purpose === 'lead')
    for (const id of idsOf([...calling, ...(incident ? await openOf(incident) : [])]))
      await change(id, (page, { now }) => acknowledge(page, { id: lead.id, name: lead.name }, 'andon', now))
  }

  /** Nobody came: whoever is next is called now. */
  async function climb(andon: string, incident: string | null): Promise<void> {
    const calling = (await openOf(andon)).filter(({ purpose }) => purpose === 'lead')
    const open = calling.length > 0 ? calling : incident ? await openOf(incident) : []
    const by = { id: 'jidoka', name: 'Jidoka' }
    for (const id of idsOf(open.filter(ringing))) await change(id, (page, env) => reescalate(page, env, by, 'nobody took the lead'))
  }

  async function tickDue(): Promise<void> {
    for (const id of await records.due(ticksMax)) await one(id, () => change(id, tick))
  }

  /** One that fails must not hold up the others. */
  const one = (id: string, work: () => Promise<unknown>) =>
    work().catch((error: unknown) =>
      log.error({ page: id, err: causeChain(error) }, 'a page could not be worked on; tried again in a second'),
    )

  async function drain(): Promise<void> {
    more = false
    try {
      const orders = await journal.due(ordersMax)
      if (orders.length > 0 || (await records.due(1)).length > 0) await rota.refresh()
      for (const order of orders) if (!stopped) await one(order.dedupe, () => take(order))
      if (!stopped) await tickDue()
      if (!stopped) await calls.look()
    } catch (error) {
      log.error({ err: causeChain(error) }, 'pages could not be taken from the outbox; tried again in a second')
    }
  }

  function wake(): void {
    if (stopped) return
    more = true
    busy ??= drain().finally(() => {
      busy = null
      if (more) wake()
    })
  }

  async function idOf(id: string): Promise<string> {
    const found: Stored<PageData> | null = (await records.get(id)) ?? (await records.byKey(id))
    if (!found) throw fault('not-found', { what: 'page', id, list: 'GET /v1/pages' })
    return found.id
  }

  return {
    acknowledge: async (id, by, via) => change(await idOf(id), (page, { now }) => acknowledge(page, by, via, now)),
    close: async (what, why) =>
      closeAll('id' in what ? [await idOf(what.id)] : idsOf(await openOf('incident' in what ? what.incident : what.andon)), why),
    async reescalate(id, by, reason) {
      await rota.refresh()
      const { page, changed } = await change(await idOf(id), (found, env) => reescalate(found, env, by, reason))
      if (!changed) throw fault('conflict', { problem: `The page ${page.id} has ended.`, hint: 'See GET /v1/pages/ID.' })
      return page
    },
    get: async (id) => (await records.get(id))?.data ?? null,
    list: async ({ open, component, parent }, page) =>
      (await records.list({ open, topic: component, parent }, page)).map(({ data }) => data),
    async start() {
      await rota.refresh()
      stopped = false
      calls.start()
      const following = follow({ journal, clock, log, subscriber: 'pages', handle: heard })
      ends.push(journal.onCommit(wake), every(clock, lookEveryMs, wake), () => following.stop())
      wake()
    },
    async stop() {
      stopped = true
      for (const end of ends.splice(0)) await end()
      await busy
      await calls.stop()
    },
  }
}

const idsOf = (pages: readonly PageData[]) => pages.map(({ id }) => id)
const textAt = (payload: OutboxEntry['payload'], key: string) => {
  const value = payload[key]
  return typeof value === 'string' && value !== '' ? value : null
}
