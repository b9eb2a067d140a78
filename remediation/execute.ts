import type { Catalog } from '../core/catalog/catalog.ts'
import { type Clock, every, sleep } from '../core/clock.ts'
import { causeChain, fault, isFault } from '../core/errors.ts'
import type { Claim, Journal, RunEnd, StepOutcome } from '../core/journal/journal.ts'
import type { Log } from '../core/log.ts'
import type { Held, Json, PlannedStep, Run, Step } from '../core/runs/run.ts'
import type { ActionContext, AnyAction } from './actions/define.ts'
import { failedPractice } from './practice.ts'
import type { RoleKeeper } from './roles.ts'
import type { World } from './world.ts'

/**
 * Runs what was planned, step by step, so that a crash at any moment loses nothing and repeats nothing irreversible:
 * the intent is committed before the act, the outcome counts only while we hold the component.
 */
export interface ExecutorPorts {
  journal: Journal
  world: World
  clock: Clock
  catalog: Catalog
  actions: ReadonlyMap<string, AnyAction>
  roles: RoleKeeper
  holder: string
  log: Log
  /** Whether we still lead; absent: always. */
  mayAct?(): boolean
  /** Of the controller's lead; see `Term.fence`. */
  term?: number
  leaseTtlMs?: number
  leaseMarginMs?: number
}

interface Way {
  /** Why it is to stop; null: it goes on. */
  reason: string | null
  stopLooking(): void
  /** What its steps have answered, by their place in the plan. */
  answers: Map<number, Json>
}

/** How a step ended; `inDoubt` never leaves this file as anything but `unknown`. */
type Ended = { status: 'done' | 'failed' | 'unknown'; output: Json }

/** We may have acted, and cannot know it from the answer. */
const inDoubt = (error: unknown) => isFault(error, 'target-timeout', 'target-unreachable', 'deadline-passed', 'target-bad-answer')

/** A target that answers too late for this many ms after the deadline has kept its promise not to act at all. */
const settleMs = 50

export function executor(ports: ExecutorPorts) {
  const { journal, clock, actions, catalog, holder, log } = ports
  const leaseTtlMs = ports.leaseTtlMs ?? 10_000
  const leaseMarginMs = ports.leaseMarginMs ?? 1_000
  const { mayAct = () => true } = ports

  /** Runs that are under way here, and whether they were asked to give way to something heavier. */
  const underWay = new Map<string, Way>()

  /** Asks a run to stop before its next step; a step that only looks is ended at once. */
  function giveWay(run: string, reason: string): void {
    const way = underWay.get(run)
    if (!way || way.reason !== null) return
    way.reason = reason
    way.stopLooking()
  }

  /** Takes a run and brings it to its end. False: somebody else has it, or we lost it on the way. */
  async function execute(run: Run): Promise<boolean> {
    // Who was frozen and lost the lead meanwhile must not take a component from the one that leads now.
    if (!mayAct()) return false
    const sentAt = clock.monotonic()
    const claim = await journal.claim(run.id, holder, leaseTtlMs)
    if (!claim) return false
    const hold = holdLease(claim.held, sentAt)
    const answers = new Map(claim.steps.filter(({ status }) => status === 'done').map(({ seq, output }) => [seq, output]))
    underWay.set(run.id, { reason: null, stopLooking: () => {}, answers })
    try {
      await follow(claim, hold)
      return true
    } catch (error) {
      if (!isFault(error, 'lease-lost')) throw error
      log.warn({ runId: run.id, err: error.message }, 'lost the lease; stopped before acting')
      return false
    } finally {
      underWay.delete(run.id)
      hold.stop()
    }
  }

  /** Renews the lease while the run goes on, and knows until when an effect may still be started. */
  function holdLease(held: Held, sentAt: number) {
    let safeUntil = sentAt + leaseTtlMs - leaseMarginMs
    let lost = false
    const stop = every(clock, Math.floor(leaseTtlMs / 3), () => {
      const renewalSentAt = clock.monotonic()
      journal.renew(held, leaseTtlMs).then(
        (ours) => {
          if (ours) safeUntil = Math.max(safeUntil, renewalSentAt + leaseTtlMs - leaseMarginMs)
          else lost = true
        },
        (error) => log.warn({ err: causeChain(error) }, 'the lease could not be renewed'),
      )
    })
    /** Self-fence: no effect may start when somebody else could already hold the component, or lead. */
    const check = () => {
      if (lost || clock.monotonic() >= safeUntil || !mayAct()) throw fault('lease-lost', { resource: held.resource, fence: held.fence })
    }
    return { stop, check }
  }

  async function follow({ held, run, steps }: Claim, hold: { check(): void }): Promise<void> {
    let previous: StepOutcome | undefined
    if (run.plan.length === 0) return finish(held, run, { status: 'failed', reason: 'the plan is empty: nothing was done', verified: [] })
    for (let seq = 0; seq < run.plan.length; seq++) {
      const planned = run.plan[seq] as PlannedStep
      const way = underWay.get(run.id)?.reason
      if (way) return finish(held, run, { status: 'cancelled', reason: way, verified: [] }, previous)
      const tried = steps.filter((step) => step.seq === seq)
      const ended = await bring(held, run, seq, planned, tried, hold, previous)
      previous = ended.outcome
      if (ended.status === 'done') underWay.get(run.id)?.answers.set(seq, ended.output)
      if (ended.status === 'done' || (planned.mayFail && ended.status === 'failed')) continue
      const gaveWay = planned.kind === 'read' ? underWay.get(run.id)?.reason : null
      return finish(held, run, gaveWay ? { status: 'cancelled', reason: gaveWay, verified: [] } : failedEnd(planned, ended), previous)
    }
    await finish(held, run, doneEnd(run), previous)
  }

  function finish(held: Held, run: Run, end: RunEnd, last?: StepOutcome): Promise<void> {
    const component = catalog.findComponent(run.component)
    const failed = run.mode === 'practice' && end.status !== 'done' && component
    return journal.finish(held, run.id, failed ? { ...end, post: failedPractice(run, component, end.reason) } : end, last)
  }

  /** One step, through all its attempts. Its last outcome is handed on, to be committed together with what follows it. */
  async function bring(
    held: Held,
    run: Run,
    seq: number,
    planned: PlannedStep,
    tried: Step[],
    hold: { check(): void },
    before?: StepOutcome,
  ) {
    let previous = before
    const last = tried.at(-1)
    if (last && last.status !== 'intent') {
      const over = last.status !== 'failed' || last.attempt >= planned.attempts
      if (over) return { status: last.status, output: last.output, outcome: undefined }
    }
    for (let attempt = last?.attempt ?? 1; ; attempt++) {
      const again = last?.attempt === attempt && last.status === 'intent'
      if (last?.attempt === attempt && last.status === 'failed') continue
      const key = `${run.id}/${seq}/${attempt}`
      const deadlineAt = again ? last.deadlineAt : clock.now() + planned.timeoutMs
      hold.check()
      if (!again) {
        await journal.intend(held, { run: run.id, seq, attempt, planned, key, deadlineAt }, previous)
        hold.check()
      }
      const ended = again ? await resume(run, planned, key, deadlineAt, hold) : await act(run, planned, key, deadlineAt, hold)
      const outcome = {
        run: run.id,
        seq,
        attempt,
        ...ended,
        ...(ended.status === 'done' && 'setsActive' in planned ? { setsActive: planned.setsActive } : {}),
      }
      // What a crash kept from being done is begun once more, as an attempt of its own: under the old key the target would
      // answer what it answered then, and do nothing.
      const undone = again && planned.kind === 'check-then-act'
      if (ended.status !== 'failed' || (attempt >= planned.attempts && !undone)) return { ...ended, outcome }
      previous = outcome
    }
  }

  /** Does it, within its deadline. What is in doubt afterwards is asked, not assumed. */
  async function act(run: Run, planned: PlannedStep, key: string, deadlineAt: number, hold: { check(): void }): Promise<Ended> {
    const action = actions.get(planned.action)
    if (!action) return { status: 'failed', output: { error: `the action ${planned.action} is not known here` } }
    try {
      const onStart = (abort: () => void) => planned.kind === 'read' && letGo(run.id, abort)
      const output = await within(planned.timeoutMs, (limits) => action.apply(planned.args, contextOf(run, key, limits)), onStart)
      return { status: 'done', output: asJson(output) }
    } catch (error) {
      if (isFault(error, 'lease-lost')) throw error
      const output = { error: causeChain(error), ...(isFault(error) ? { code: error.code } : {}) }
      if (!inDoubt(error) || planned.kind === 'read' || planned.kind === 'idempotent') return { status: 'failed', output }
      return settle(run, planned, key, deadlineAt, output, hold)
    }
  }

  /** A step that was in flight when its controller died. `failed`: it was not done, and can be no more by that attempt. */
  function resume(run: Run, planned: PlannedStep, key: string, deadlineAt: number, hold: { check(): void }): Promise<Ended> {
    if (planned.kind === 'read' || planned.kind === 'idempotent') return act(run, planned, key, deadlineAt, hold)
    return settle(run, planned, key, deadlineAt, { resumed: true }, hold)
  }

  /** Asks whether it was done; if not, waits until the old attempt can no longer act, and asks again. */
  async function settle(
    run: Run,
    planned: PlannedStep,
    key: string,
    deadlineAt: number,
    output: Json,
    hold: { check(): void },
  ): Promise<Ended> {
    const probe = actions.get(planned.action)?.probe
    const ask = async () =>
      probe
        ? await within(planned.timeoutMs, (limits) => probe(planned.args, contextOf(run, key, limits))).catch(() => 'unclear')
        : 'unclear'
    let answer = await ask()
    if (answer !== 'done') {
      // A role that was given is lost again while we wait: only where it is not sure already.
      // A wall clock that was set back meanwhile, or that of another host, must not make it longer.
      await sleep(clock, Math.min(planned.timeoutMs, Math.max(0, deadlineAt - clock.now())) + settleMs)
      hold.check()
      answer = await ask()
    }
    if (answer === 'done') return { status: 'done', output: { probed: 'done', after: output } }
    if (answer === 'not-done') return { status: 'failed', output: { probed: 'not-done', after: output } }
    return { status: 'unknown', output: { probed: 'unclear', after: output } }
  }

  /** Aborts at the deadline, and answers then even when the work does not listen. */
  async function within<T>(
    timeoutMs: number,
    work: (limits: { timeoutMs: number; signal: AbortSignal }) => Promise<T> | T,
    onStart: (abort: () => void) => unknown = () => {},
  ): Promise<T> {
    const abort = new AbortController()
    onStart(() => abort.abort())
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(timeoutMs, () => {
        abort.abort()
        // A work that listens ends now with a better reason; give it one turn to say so.
        cancel = clock.after(1, () => reject(fault('deadline-passed', { what: 'The step', timeoutMs })))
      })
    })
    try {
      return await Promise.race([work({ timeoutMs, signal: abort.signal }), late])
    } finally {
      cancel()
    }
  }

  function letGo(run: string, abort: () => void): void {
    const way = underWay.get(run)
    if (way) way.stopLooking = abort
  }

  function answerOf(run: Run, action: string): Json | undefined {
    const seq = run.plan.findIndex((step) => step.action === action)
    return underWay.get(run.id)?.answers.get(seq)
  }

  const contextOf = (run: Run, key: string, limits: { timeoutMs: number; signal: AbortSignal }): ActionContext => ({
    world: ports.world,
    clock,
    component: catalog.findComponent(run.component) ?? { ...emptyComponent, id: run.component },
    generation: run.generation,
    key,
    roles: ports.roles,
    role: () => journal.role(run.component),
    async setInSync(inSync) {
      const role = await journal.role(run.component)
      return role.generation === run.generation && journal.setInSync(role, inSync, ports.term)
    },
    earlier: (action) => answerOf(run, action),
    post: (message) => journal.post(message),
    ...limits,
  })

  return { execute, giveWay }
}

/** What an action may see of a component that only an alert from outside knows. */
const emptyComponent = {
  title: '',
  dependsOn: [],
  topology: 'pool',
  members: [],
  probes: [],
  ladder: ['page'],
  dryRun: false,
} as unknown as ActionContext['component']

function failedEnd(planned: PlannedStep, { status, output }: Ended): RunEnd {
  const told =
    output && typeof output === 'object' && !Array.isArray(output)
      ? (output.error ?? (output.after as { error?: Json } | null)?.error)
      : null
  const why = typeof told === 'string' ? told : 'no further word'
  // Nothing has failed: what was seen only now makes another plan the right one.
  if (status === 'failed' && (output as { code?: Json } | null)?.code === 'more-wal')
    return { status: 'cancelled', reason: why, verified: [] }
  return status === 'unknown'
    ? { status: 'unknown', reason: `"${planned.name}" may or may not have been done: ${why}`, verified: [] }
    : { status: 'failed', reason: `"${planned.name}" failed: ${why}`, verified: [] }
}

function doneEnd(run: Run): RunEnd {
  if (run.runbook === 'page') return { status: 'done', reason: run.reason, incident: 'escalated', verified: [] }
  const verified = [...new Set(run.plan.filter((step) => step.action === 'verify').map((step) => String(step.args.member)))]
  return {
    status: 'done',
    reason: verified.length > 0 ? `verified from outside: ${verified.join(', ')}` : 'all steps are done',
    incident: 'recovered',
    verified,
  }
}

const asJson = (value: unknown): Json => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json))
