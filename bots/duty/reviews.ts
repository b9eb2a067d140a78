import { instantOf, parseLocal } from '../../core/calendar.ts'
import { causeChain, fault, isFault } from '../../core/errors.ts'
import type { Draft, Stored } from '../../core/records/record.ts'
import type { Finding } from '../../guardians/desk.ts'
import type { Actor, Person } from '../andon/andon.ts'
import { peopleOf } from '../andon/people.ts'
import { type DecisionInput, decisionOf, itemDecision, madeMeanwhile } from './deciding.ts'
import { peopleOfWeek } from './duty.ts'
import { type DutyEntry, entry } from './entries.ts'
import { allOf, digestOf, factsOf } from './facts.ts'
import { openMissed } from './missed.ts'
import type { DutyDesk, DutyPorts, ReviewDesk } from './ports.ts'
import { agendaOf, type Digest, isDigest, isOpen, isReview, type Review, type ReviewData, type ReviewItem, undecided } from './review.ts'
import {
  catchUpMs,
  type Day,
  dayText,
  endOfDay,
  mondayOfWeek,
  reviewAt,
  today,
  type WeekId,
  weekAfter,
  weekNow,
  weekOfDay,
  workingDays,
} from './week.ts'

type Ports = DutyPorts & { duty: DutyDesk }

/** Later than this it says that it is late. */
const lateMs = 5 * 60_000
const warnMs = 5 * 60_000
/** Whoever began to decide is gone after so long. */
const pendingMs = 60_000
/** A digest that could not be told within so long is told no more. */
const digestForMs = 7 * 86_400_000

/** Keeps the reviews. The findings themselves are decided by their own desk; here stands who decided what, when, and in which review. */
export function openReviews(ports: Ports): ReviewDesk {
  const { catalog, settings, journal, findings, duty, clock, log } = ports
  const records = journal.records<ReviewData>('review')
  const people = peopleOf(catalog)
  const { zone } = settings
  const lateAfterMs = catalog.config.guardians.lateAfterMs

  const named = (id: string): Person => ({ id, name: people.configured(id)?.name ?? id })
  const personOf = ({ id, name }: Person): Person => ({ id, name })

  const draft = (data: ReviewData, before?: Pick<Stored<ReviewData>, 'rev'>): Draft<ReviewData> => ({
    id: data.id,
    status: isReview(data) ? data.state.status : data.type,
    open: isReview(data) && isOpen(data),
    component: null,
    topic: data.type,
    parent: null,
    key: isDigest(data) ? `digest/${data.week}` : `${data.type}/${data.day}`,
    nextAt: null,
    rev: before?.rev ?? 0,
    data,
  })

  /** One change of one review; `decide` answers null when nothing is to be changed. */
  function change(id: string, decide: (review: Review, now: number) => { next: Review; tell: DutyEntry[] } | null): Promise<Review> {
    return records.change({ ids: [id] }, ({ records: found, now }) => {
      const stored = found.get(id)
      if (!stored || !isReview(stored.data)) throw noSuch(id)
      const change = decide(stored.data, now)
      return change ? { put: [draft(change.next, stored)], tell: change.tell, answer: change.next } : { answer: stored.data }
    })
  }

  const noSuch = (id: string) => fault('not-found', { what: 'review', id, list: 'GET /v1/reviews' })
  const list = async (limit: number, after?: string) =>
    (await records.list({ topic: 'review' }, { limit, ...(after ? { after } : {}) })).map(({ data }) => data).filter(isReview)

  const missed = openMissed({ settings, clock, records, duty, last: async () => (await list(1))[0] })

  async function agenda(day: Day, now: number): Promise<Pick<Review, 'items' | 'waiting' | 'facts'>> {
    const [last] = await list(1)
    const since = last?.openedAt ?? 0
    const { maxItems } = settings
    const [fresh, due, open, waiting, overdue, facts, carried, days] = await Promise.all([
      allOf(findings, { status: 'open', newSince: since }),
      allOf(findings, { status: 'asked', dueBefore: now }),
      findings.list({ status: 'open' }, { limit: 200 }),
      findings.count({ status: 'open' }),
      findings.count({ status: 'asked', dueBefore: now }),
      factsOf(findings, { now, since, lateAfterMs }),
      leftOf(last),
      missed.since(since, day),
    ])
    const items = agendaOf({ fresh, due, carried, open, since }, maxItems)
    return { items, waiting: Math.max(0, waiting + overdue - items.length), facts: { ...facts, missed: days } }
  }

  /** What the last review left: only what is still open. */
  async function leftOf(last: Review | undefined): Promise<Finding[]> {
    const ids = (last?.items ?? []).flatMap(({ decision, finding }) => (decision === null || decision.kind === 'later' ? [finding.id] : []))
    const found = await Promise.all(ids.map((id) => findings.get(id)))
    return found.filter((one): one is Finding => one?.status === 'open')
  }

  async function open(day: Day, by: Person | null): Promise<Review> {
    const known = await records.byKey(`review/${day}`)
    if (known && isReview(known.data)) return known.data
    const [now, { week, kept }] = [clock.now(), await weekOf(day)]
    const { items, waiting, facts } = await agenda(day, now)
    return records.change({ key: `review/${day}` }, (found) => {
      if (found.byKey && isReview(found.byKey.data)) return { answer: found.byKey.data }
      const plannedAt = by ? found.now : reviewAt(day, settings)
      const lasts = settings.minutes * 60_000
      const review: Review = {
        ...{ type: 'review', id: found.mint('rev'), day, week, people: kept, plannedAt, openedAt: found.now, openedBy: by },
        ...{ endsAt: found.now + lasts, remindAt: found.now + lasts - Math.min(warnMs, lasts / 3), reminded: false },
        ...{ items, waiting, facts, state: { status: 'open' } },
      }
      const late = found.now - plannedAt > lateMs
      const told = entry('review.opened', { review: review.id, day, people: kept.map(named), items: items.length, waiting, late })
      if (items.length > 0) return { put: [draft(review)], tell: [told], answer: review }
      const over = ended(review, 'nothing', null, found.now)
      return { put: [draft(over.next)], tell: [told, ...over.tell], answer: over.next }
    })
  }

  async function weekOf(day: Day): Promise<{ week: WeekId; kept: string[] }> {
    const week = weekOfDay(day)
    const { kept } = await duty.week(week)
    return { week, kept: kept?.roster.find((one) => one.day === day)?.people ?? [] }
  }

  function ended(review: Review, how: 'decided' | 'by-hand' | 'clock' | 'nothing', by: Person | null, now: number) {
    const left = undecided(review).length
    const told = entry('review.ended', {
      ...{ review: review.id, day: review.day, how, by, lastedMs: now - review.openedAt },
      ...{ decided: review.items.length - left, carried: left },
    })
    return { next: { ...review, state: { status: 'ended' as const, at: now, how, by } }, tell: [told as DutyEntry] }
  }

  async function decide(id: string, n: number, input: DecisionInput, actor: Actor): Promise<Review> {
    const by = personOf(actor)
    mayDecide(actor)
    const meant = decisionOf(input, clock.now())
    const claimed = await claim(id, n, input, actor)
    const item = itemOf(claimed, n)
    let finding: Finding | null = null
    try {
      if (meant) finding = await findings.decide(item.finding.id, meant, actor.id)
    } catch (error) {
      await change(id, (review) => unclaimed(review, n, by))
      // Somebody decided it elsewhere, or a scan saw it fixed: nothing is left to decide.
      if (isFault(error, 'finding-decided')) await settleGone(id, n).catch(() => undefined)
      throw error
    }
    return settle(id, n, (now) => itemDecision(input, by, now, finding))
  }

  /** Two clicks at once: only one of them comes to the finding. */
  function claim(id: string, n: number, { decision: kind }: DecisionInput, actor: Actor): Promise<Review> {
    const by = personOf(actor)
    return change(id, (review, now) => {
      if (!isOpen(review)) throw refused('this review has ended; what is open comes back in the next one')
      const item = itemOf(review, n)
      if (item.decision) throw refused(`item ${n} is decided already: ${item.decision.kind}, by ${item.decision.by.name}`)
      if (item.pending && item.pending.by.id !== actor.id && item.pending.at + pendingMs > now)
        throw refused(`${item.pending.by.name} is deciding item ${n} right now`)
      return { next: withItem(review, { ...item, pending: { by, at: now, kind } }), tell: [] }
    })
  }

  function unclaimed(review: Review, n: number, by: Person) {
    const item = itemOf(review, n)
    return item.pending?.by.id === by.id ? { next: withItem(review, { ...item, pending: null }), tell: [] } : null
  }

  function settle(id: string, n: number, decision: (now: number) => ReviewItem['decision']): Promise<Review> {
    return change(id, (review, now) => {
      const item = itemOf(review, n)
      const decided = decision(now)
      if (item.decision || !decided) return null
      const made = reached(decided.to) ? decided : { ...decided, unreached: true }
      const next = withItem(review, { ...item, pending: null, decision: made })
      const data = { review: id, item: n, finding: item.finding.id, decision: made.kind, by: made.by }
      const told: DutyEntry = entry('review.decided', data)
      if (!isOpen(next) || undecided(next).length > 0) return { next, tell: [told] }
      const over = ended(next, 'decided', made.by, now)
      return { next: over.next, tell: [told, ...over.tell] }
    })
  }

  /** Asks go out by Slack: who has none hears of them from whoever asked. */
  const reached = (person: string | null): boolean =>
    person === null || (catalog.config.slack !== undefined && people.configured(person)?.slack !== undefined)

  /** The finding is no longer what it was: what it became is the decision, by whoever made it. */
  async function settleGone(id: string, n: number): Promise<void> {
    const review = await need(id)
    const finding = await findings.get(itemOf(review, n).finding.id)
    if (!finding) return
    const none = { to: null, dueAt: null, until: null, words: null, runbook: null }
    if (finding.status === 'muted' && finding.mute) {
      const { by, at, until, reason: words } = finding.mute
      await settle(id, n, () => ({ ...none, kind: 'mute', by: named(by), at, until, words }))
    } else if (finding.status === 'wrong' && finding.wrong) {
      const { by, at, reason: words } = finding.wrong
      await settle(id, n, () => ({ ...none, kind: 'wrong', by: named(by), at, words }))
    }
  }

  const itemOf = (review: Review, n: number): ReviewItem => {
    const item = review.items.find((one) => one.n === n)
    if (!item) throw fault('not-found', { what: 'item', id: String(n), list: `GET /v1/reviews/${review.id}` })
    return item
  }
  const withItem = (review: Review, item: ReviewItem): Review => ({
    ...review,
    items: review.items.map((one) => (one.n === item.n ? item : one)),
  })

  /** Guests and people whom nobody configured look on. */
  function mayDecide({ id, name, rank }: Actor): void {
    if (people.configured(id) || id.startsWith('token:') || rank === 'approver') return
    throw fault('forbidden', { role: name, needs: 'a person of the configuration' })
  }

  async function need(id: string): Promise<Review> {
    const found = await records.get(id)
    if (!found || !isReview(found.data)) throw noSuch(id)
    return found.data
  }

  const end = (id: string, actor: Actor): Promise<Review> => {
    mayDecide(actor)
    return change(id, (review, now) => (isOpen(review) ? ended(review, 'by-hand', personOf(actor), now) : null))
  }

  async function tickOpen(): Promise<void> {
    const open = (await records.list({ open: true }, { limit: 50 })).map(({ data }) => data).filter(isReview)
    for (const { id, items, reminded, remindAt, endsAt } of open) {
      for (const item of items) if (item.pending && item.pending.at + pendingMs <= clock.now()) await recover(id, item)
      const now = clock.now()
      if (now >= endsAt || (!reminded && now >= remindAt))
        await change(id, (review, at) => {
          if (!isOpen(review)) return null
          if (at >= review.endsAt) return ended(review, 'clock', null, at)
          if (review.reminded || at < review.remindAt) return null
          const data = { review: id, leftMs: review.endsAt - at, undecided: undecided(review).length }
          return { next: { ...review, reminded: true }, tell: [entry('review.reminder', data)] }
        })
    }
  }

  /** We ended between the finding and the minutes: the finding tells how far we came. */
  async function recover(id: string, { n, pending, finding }: ReviewItem): Promise<void> {
    if (!pending) return
    const now = await findings.get(finding.id)
    const made = now && madeMeanwhile(pending.kind, pending.by, pending.at, now)
    if (made) await settle(id, n, () => made)
    else await change(id, (review) => unclaimed(review, n, pending.by))
  }

  async function tickHour(): Promise<void> {
    const now = clock.now()
    const day = today(now, zone)
    if (!workingDays(weekOfDay(day), settings).includes(day)) return
    const planned = reviewAt(day, settings)
    if (now < planned || now > planned + catchUpMs || now >= endOfDay(day, zone)) return
    await open(day, null)
  }

  /** With the end of the last review of a week; without one, when it can come no more. */
  async function tickDigest(): Promise<void> {
    const now = clock.now()
    const current = weekNow(now, zone)
    for (const week of [weekAfter(current, -1), current]) {
      const last = workingDays(week, settings).at(-1)
      if (last === undefined || now < reviewAt(last, settings) || now > reviewAt(last, settings) + digestForMs) continue
      if (await records.byKey(`digest/${week}`)) continue
      const review = await records.byKey(`review/${last}`)
      const over = review && isReview(review.data) ? !isOpen(review.data) : now > reviewAt(last, settings) + catchUpMs
      if (over) await tellDigest(week)
    }
  }

  async function tellDigest(week: WeekId): Promise<void> {
    const days = workingDays(week, settings)
    const reviews = (await list(30)).filter(({ day }) => days.includes(day))
    const { kept } = await duty.week(week)
    if (!kept && reviews.length === 0) return
    const { kept: next } = await duty.week(weekAfter(week))
    const from = instantOf(parseLocal(dayText(mondayOfWeek(week))), zone)
    const numbers = {
      ...{ week, now: clock.now(), from, reviews, people: kept ? peopleOfWeek(kept) : [] },
      next: next && { week: next.week, people: next.draw.people, missing: next.draw.missing },
    }
    const digest = await digestOf(findings, { ...numbers, id: '' })
    await records.change({ key: `digest/${week}` }, (found) => {
      if (found.byKey) return { answer: null }
      const facts: Digest = { ...digest, id: found.mint('rev') }
      return { put: [draft(facts)], tell: [entry('review.digest', { digest: facts.id, week, facts })], answer: null }
    })
  }

  return {
    ...{ list, decide, end },
    get: async (id) => {
      const found = await records.get(id)
      return found && isReview(found.data) ? found.data : null
    },
    async current() {
      const [open] = await records.list({ open: true, topic: 'review' }, { limit: 1 })
      return open && isReview(open.data) ? open.data : null
    },
    open(actor) {
      mayDecide(actor)
      return open(today(clock.now(), zone), personOf(actor))
    },
    async digest(week) {
      const found = await records.byKey(`digest/${week}`)
      return found && isDigest(found.data) ? found.data : null
    },
    async tick() {
      for (const part of [missed.tick, tickHour, tickOpen, tickDigest])
        await part().catch((error: unknown) => log.error({ err: causeChain(error) }, 'a part of the review could not be done; tried again'))
    },
  }
}

const refused = (reason: string) => fault('refused', { reason, hint: 'See the item: jidoka review.' })
