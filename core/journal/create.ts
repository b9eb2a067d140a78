import type { AlertInput } from '../alerts/alert.ts'
import { gather } from '../alerts/gather.ts'
import { ingest } from '../alerts/ingest.ts'
import type { Clock } from '../clock.ts'
import { causeChain, fault } from '../errors.ts'
import { openFindings } from '../findings/open.ts'
import type { Mint } from '../ids.ts'
import { decide } from '../incidents/decide.ts'
import { resolve } from '../incidents/resolve.ts'
import type { Log } from '../log.ts'
import { openRecords } from '../records/open.ts'
import { adopt, endPauses, setInSync, setSwitch } from '../roles/roles.ts'
import { answer } from '../runs/approve.ts'
import { claim } from '../runs/claim.ts'
import { finish } from '../runs/finish.ts'
import { noRole, order } from '../runs/order.ts'
import { roleOf, runOf } from '../runs/rows.ts'
import type { Held, Run } from '../runs/run.ts'
import { intentChain, outcomeChain, type RunInfo } from '../runs/steps.ts'
import type { Chain, Values } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Driver, Tx } from '../store/transaction.ts'
import { append, type Context, tell } from './context.ts'
import type { Journal } from './journal.ts'
import { entriesOf, post, refer, relay, settle } from './outbox.ts'
import { createReads } from './reads.ts'

export interface JournalParts {
  driver: Driver
  sql: Statements
  clock: Clock
  mint: Mint
  log: Log
}

/** Runs remembered with their plan, so that telling of a step needs no read. */
const rememberedRuns = 1_000

/** Whoever repeats an event does so within minutes. */
const seenForMs = 86_400_000
const forgetEveryMs = 600_000

/** The journal over a driver. Each method is one transaction; those with an own file are named there. */
export function createJournal({ driver, sql, clock, mint, log }: JournalParts): Journal {
  const wakes = new Set<(byOthers: boolean) => void>()
  const remembered = new Map<string, RunInfo>()
  let forgotAt = 0
  let unfollow: (() => void) | undefined

  /** Runs a transaction, and wakes the listeners when it appended something. */
  async function write<Result>(body: (context: Context) => Tx<Result>): Promise<Result> {
    let context: Context | undefined
    const result = await driver.write(() => {
      context = { sql, mint, now: clock.now(), entries: [] }
      return body(context)
    })
    if (context && context.entries.length > 0) wake()
    return result
  }

  const one = (alerts: readonly AlertInput[]) => write((context) => ingest(context, alerts))
  const takeIn = driver.immediate ? one : gather(one)

  async function guarded(held: Held, [chain, values]: [Chain, Values]): Promise<void> {
    if (!(await driver.chain(chain, values))) throw fault('lease-lost', { resource: held.resource, fence: held.fence })
    wake()
  }

  function wake(byOthers = false): void {
    for (const listener of wakes) {
      try {
        listener(byOthers)
      } catch (error) {
        // What was committed stays committed; the others are to hear of it all the same.
        log.error({ err: causeChain(error) }, 'a listener of the journal failed')
      }
    }
  }

  function remember(run: Run): void {
    remembered.delete(run.id)
    remembered.set(run.id, run)
    for (const [oldest] of remembered) {
      if (remembered.size <= rememberedRuns) return
      remembered.delete(oldest)
    }
  }

  async function infoOf(id: string): Promise<RunInfo> {
    const known = remembered.get(id)
    if (known) return known
    const [row] = await driver.read(sql.runs.byId, { run: id })
    if (!row) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
    remember(runOf(row))
    return runOf(row)
  }

  return {
    ...createReads({ driver, sql, now: () => clock.now() }),
    ingest: async (alerts) => (alerts.length === 0 ? [] : takeIn(alerts)),
    decide: (incident, choose) => write((context) => decide(context, incident, choose)),
    order: (component, choose) => write((context) => order(context, component, choose)),
    answer: (run, choose) => write((context) => answer(context, run, choose)),
    async claim(run, holder, ttlMs) {
      const claimed = await write((context) => claim(context, run, holder, ttlMs))
      if (claimed) remember(claimed.run)
      return claimed
    },
    intend: async (held, intent, previous) =>
      guarded(held, intentChain(sql, held, await infoOf(intent.run), intent, previous, clock.now())),
    outcome: async (held, outcome) => guarded(held, outcomeChain(sql, held, await infoOf(outcome.run), outcome, clock.now())),
    async finish(held, run, end, last) {
      await write((context) => finish(context, held, run, end, last))
      remembered.delete(run)
    },
    renew: async (held, ttlMs) => (await driver.change(sql.runs.renew, { ...held, ttlMs })) === 1,
    resolve: (incident, person, reason) => write((context) => resolve(context, incident, person, reason)),

    post: (message) => write((context) => post(context, message)),
    due: async (limit, channel = 'page') => entriesOf(await driver.read(sql.journal.due, { channel, at: clock.now(), limit })),
    lanes: async (channel, limit) =>
      (await driver.read(sql.journal.lanes, { channel, limit })).flatMap(({ lane, waiting }) => (lane === null ? [] : [{ lane, waiting }])),
    lane: async (channel, lane, limit) => entriesOf(await driver.read(sql.journal.ofLane, { channel, lane, limit })),
    settle: (id, result) => write((context) => settle(context, id, result)),
    relay: (subscriber, seq, messages) => write((context) => relay(context, subscriber, seq, messages)),

    reference: async (key) => (await driver.read(sql.records.reference, { key }))[0]?.ref ?? null,
    referring: async (ref) => (await driver.read(sql.records.referring, { ref })).map(({ key }) => key),
    refer: (refs) => write((context) => refer(context, refs)),
    async firstSeen(key) {
      const now = clock.now()
      if (now - forgotAt > forgetEveryMs) {
        forgotAt = now
        await driver.change(sql.records.unsee, { before: now - seenForMs })
      }
      return (await driver.change(sql.records.see, { key, at: now })) === 1
    },
    findings: () => openFindings({ driver, sql, write }),
    records: (kind) => openRecords(kind, { driver, sql, now: () => clock.now(), write }),

    setSwitch: (scope, off, by, reason, until) => write((context) => setSwitch(context, scope, off, by, reason, until)),
    async endPauses() {
      // Asked every few seconds: only what is there is worth a transaction.
      const over = await driver.read(sql.roles.pausesOver, { at: clock.now() })
      return over.length === 0 ? [] : write((context) => endPauses(context))
    },
    setInSync: (role, inSync, term) => write((context) => setInSync(context, role, inSync, term)),
    adoptRole: (role) => write((context) => adopt(context, role)),
    note: (kind, subject, data) =>
      write(function* (context) {
        tell(context, kind, subject, data)
        yield* append(context)
      }),
    async advance(subscriber, seq) {
      await driver.change(sql.journal.advance, { subscriber, seq })
    },

    async role(component) {
      const [role] = await driver.read(sql.roles.of, { component })
      return role ? roleOf(role) : noRole(component)
    },
    onCommit(listener) {
      const own = (byOthers: boolean) => listener(byOthers)
      wakes.add(own)
      unfollow ??= driver.follow?.(() => wake(true))
      return () => void wakes.delete(own)
    },
    close() {
      unfollow?.()
      return driver.close()
    },
  }
}
