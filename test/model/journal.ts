import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { Mint } from '../../core/ids.ts'
import type { Journal, OutboxEntry, Switch } from '../../core/journal/journal.ts'
import type { Role, Run } from '../../core/runs/run.ts'
import { ingest } from './alerts.ts'
import { answer, decide, order, roleOf, spentOf } from './decisions.ts'
import { advance, firstSeen, lanes, post, refer, settle, unsent } from './outbox.ts'
import { modelRecords } from './records.ts'
import { claim, finish, intend, nobodyInSync, outcome, renew, resolve, stepsOf } from './runs.ts'
import { alertsOfIncident, compare, emptyState, kept, pageOf, type State, tell } from './state.ts'

/**
 * What the journal should do, said again in plain JavaScript and in memory, without a store: fast enough for a million bad days, and
 * simple enough to be read. `journal.model.test.ts` plays the same random commands on it, on SQLite and on PostgreSQL.
 *
 * - Each call has taken effect before it returns, wholly or not at all; its promise is resolved.
 * - The same clock and the same mint give the same ids as the real journals give for the same calls.
 * - Leases count by the monotonic clock, as on SQLite. Listeners of `onCommit` are called before the call returns.
 * - What is handed out must not be changed by whoever gets it: it is not a copy.
 * - Numbers of events and of messages have no gaps; on PostgreSQL they may have.
 * - Findings are not modelled.
 */
export interface ModelJournal extends Journal {
  /** Forgets everything, and goes on with another clock and other ids if given. */
  reset(next?: { clock?: Clock; mint?: Mint }): void
  /** What opening a file anew does, and taking the lead in that term: whoever held a lease is dead. */
  boot(term?: number): void
}

export function openModelJournal(options: { clock: Clock; mint: Mint }): ModelJournal {
  const s = emptyState(options.clock, options.mint)
  const wakes = new Set<(byOthers: boolean) => void>()

  /** What throws has changed nothing. */
  async function commit<Result>(work: () => Result): Promise<Result> {
    const before = s.events.length
    const result = work()
    if (s.events.length > before) for (const wake of wakes) wake(false)
    return result
  }

  return {
    ingest: (alerts) => commit(() => ingest(s, alerts)),
    decide: (id, choose) => commit(() => decide(s, id, choose)),
    order: (component, choose) => commit(() => order(s, component, choose)),
    answer: (id, choose) => commit(() => answer(s, id, choose)),
    claim: (id, holder, ttlMs) => commit(() => claim(s, id, holder, ttlMs)),
    intend: (held, intent, previous) => commit(() => intend(s, held, intent, previous)),
    outcome: (held, done) => commit(() => outcome(s, held, done)),
    finish: (held, id, end, last) => commit(() => finish(s, held, id, end, last)),
    renew: async (held, ttlMs) => renew(s, held, ttlMs),
    resolve: (id, person, reason) => commit(() => resolve(s, id, person, reason)),
    ...messages(s, commit),
    records: (kind) => modelRecords(s, kind, commit),
    findings: () => {
      throw fault('internal', { problem: 'findings are not modelled' })
    },
    ...roles(s, commit),
    ...reads(s),
    note: (kind, subject, data) => commit(() => tell(s, kind, subject, kept(data))),
    onCommit(listener) {
      const own = (byOthers: boolean) => listener(byOthers)
      wakes.add(own)
      return () => void wakes.delete(own)
    },
    close: async () => {},
    reset({ clock = s.clock, mint = s.mint } = {}) {
      Object.assign(s, emptyState(clock, mint))
    },
    boot(term = 1) {
      for (const [resource, lease] of s.leases) s.leases.set(resource, { ...lease, expiresAt: 0 })
      s.leases.set('controller', { holder: 'sim', fence: term, expiresAt: 0 })
    },
  }
}

type Commit = <Result>(work: () => Result) => Promise<Result>

function messages(s: State, commit: Commit) {
  return {
    post: (message) => commit(() => post(s, message)),
    due: async (limit, channel = 'page') =>
      unsent(s, channel)
        .filter((one) => one.nextAt <= s.clock.now())
        .slice(0, limit),
    lanes: async (channel, limit) => lanes(s, channel, limit),
    lane: async (channel, lane, limit): Promise<OutboxEntry[]> =>
      unsent(s, channel)
        .filter((one) => one.lane === lane)
        .slice(0, limit),
    settle: (id, result) => commit(() => settle(s, id, result)),
    relay: (subscriber, seq, given) =>
      commit(() => {
        for (const message of given) post(s, message)
        advance(s, subscriber, seq)
      }),
    reference: async (key) => s.references.get(key)?.ref ?? null,
    referring: async (ref) =>
      [...s.references.values()]
        .filter((one) => one.ref === ref)
        .sort((a, b) => b.at - a.at)
        .slice(0, 20)
        .map(({ key }) => key),
    refer: (refs) => commit(() => refer(s, refs)),
    firstSeen: async (key) => firstSeen(s, key),
    cursor: async (subscriber) => s.cursors.get(subscriber) ?? null,
    advance: async (subscriber, seq) => advance(s, subscriber, seq),
  } satisfies Partial<Journal>
}

function roles(s: State, commit: Commit) {
  function put(scope: string, off: boolean, by: string, reason: string, until: number | null): void {
    s.switches.set(scope, { scope, off, by, reason, at: s.clock.now(), until })
    const data = { scope, by, reason, ...(until === null ? {} : { until }) }
    tell(s, off ? 'switch.off' : 'switch.on', { component: scope === 'global' ? null : scope }, data)
  }
  const over = ({ off, until }: Switch) => off && until !== null && until <= s.clock.now()
  const byScope = () => [...s.switches.values()].sort((a, b) => compare(a.scope, b.scope))
  function adopt({ component, active, generation }: Role): void {
    const role = s.roles.get(component)
    if (s.live.has(component) || (role && role.active !== null)) return
    const newest = Math.max(generation, role?.generation ?? generation)
    s.roles.set(component, { ...role, component, active, generation: newest, ...nobodyInSync(role) })
    tell(s, 'role.changed', { component }, { active, generation: newest, adopted: true })
  }
  function setInSync({ component, active, generation }: Role, inSync: readonly string[] | null, term = -1): boolean {
    const role = s.roles.get(component)
    if (!role || role.active !== active || role.generation !== generation) return false
    if (term >= 0 && s.leases.get('controller')?.fence !== term) return false
    s.roles.set(component, { component, active, generation, ...(inSync === null ? {} : { inSync: [...inSync] }) })
    tell(s, 'role.in-sync', { component }, { active, inSync: inSync === null ? null : [...inSync] })
    return true
  }
  return {
    setInSync: (role, inSync, term) => commit(() => setInSync(role, inSync, term)),
    setSwitch: (scope, off, by, reason, until = null) => commit(() => put(scope, off, by, reason, off ? until : null)),
    switches: async () => byScope().map((one) => ({ ...one, off: one.off && !over(one) })),
    endPauses: () =>
      commit(() => {
        const ended = byScope().filter(over)
        for (const { scope } of ended) put(scope, false, 'jidoka', 'the pause has ended', null)
        return ended.map(({ scope }) => scope)
      }),
    spent: async () => spentOf(s, () => true),
    successes: async () => [...s.successes.values()],
    adoptRole: (role) => commit(() => adopt(role)),
    role: async (component) => roleOf(s, component),
    roles: async () => [...s.roles.values()].sort((a, b) => compare(a.component, b.component)),
  } satisfies Partial<Journal>
}

function reads(s: State) {
  const runsNamed = (ids: Iterable<string>) => [...ids].map((id) => s.runs.get(id) as Run)
  return {
    incident: async (id) => s.incidents.get(id) ?? null,
    incidents: async ({ open, component }, page) =>
      pageOf(
        [...(open ? s.open : s.incidents).values()].filter((one) => component === undefined || one.component === component),
        page,
      ),
    alertsOf: async (incident) => alertsOfIncident(s, incident, false, 500),
    run: async (id) => s.runs.get(id) ?? null,
    runs: async ({ incident, component, live }, page) => {
      const found =
        incident !== undefined
          ? runsNamed(s.runsFor.get(incident) ?? [])
          : component !== undefined
            ? runsNamed(s.runsOf.get(component) ?? [])
            : live
              ? runsNamed(s.live.values())
              : [...s.runs.values()]
      const fits = (one: Run) => (component === undefined || one.component === component) && (!live || one.endedAt === null)
      return pageOf(found.filter(fits), page)
    },
    steps: async (run) => stepsOf(s, run),
    events: async (after, limit, { incident, andon } = {}) => {
      const most = Math.min(limit, 1_000)
      if (incident === undefined && andon === undefined) return s.events.slice(after, after + most)
      const fits = andon !== undefined ? (one: State['events'][0]) => one.andon === andon || one.incident === (incident ?? '') : null
      return s.events
        .slice(after)
        .filter(fits ?? ((one) => one.incident === incident))
        .slice(0, most)
    },
    lastEvent: async () => s.events.length,
  } satisfies Partial<Journal>
}
