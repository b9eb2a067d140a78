import { fault } from '../core/errors.ts'
import { endedStatuses } from '../core/incidents/incident.ts'
import type { Journal, Refusal } from '../core/journal/journal.ts'
import type { Waiting, Word } from '../core/runs/approve.ts'
import type { PlannedStep, Run, RunOrder } from '../core/runs/run.ts'
import { scopesOf, spendHourMs, touchedBy } from '../core/runs/spend.ts'
import { appoint, reroute } from './appoint.ts'
import { namesOf, spanOf } from './asking.ts'
import { expand, factsOf, type Planner, plan, sameMembers } from './plan.ts'
import { chooseStandby, requirements } from './requirements.ts'

/** The question still stands, and this would be ordered now; or it is over, and why. */
type Standing = { order: RunOrder } | { over: string }

/** Looks at a run that waits, of itself: over, out of time, or to be kept waiting. Pure. */
export function review(run: Run, situation: Waiting, planner: Planner): Word {
  const now = standing(run, situation, planner)
  if ('over' in now) return { do: 'end', answer: 'withdrawn', reason: now.over }
  if (run.waitsUntil !== null && situation.now >= run.waitsUntil)
    return { do: 'end', answer: 'timed-out', reason: `nobody approved it within ${spanOf(run.waitsUntil - run.createdAt)}` }
  return { do: 'keep' }
}

/** A person agrees. What has changed since they were shown it is not begun: it is asked anew. Pure. */
export function agree(run: Run, situation: Waiting, planner: Planner, by: string): Word {
  const looked = review(run, situation, planner)
  if (looked.do === 'end') return looked
  const now = standing(run, situation, planner)
  if ('order' in now && !asShown(run, now.order, situation, planner))
    return { do: 'end', answer: 'withdrawn', reason: `the plan has changed meanwhile: ${namesOf(now.order.plan).join(', ')}` }
  return { do: 'approve', by, takesGeneration: run.plan.some((step) => step.action === 'promote') }
}

/** What the planner would order now, as if nobody had been asked. */
function standing(run: Run, situation: Waiting, planner: Planner): Standing {
  const free = without(run, situation)
  if (run.incident === null) return quietly(run, free, planner)
  const { incident } = situation
  if (!incident || endedStatuses.includes(incident.status)) return { over: `the incident has ended: ${incident?.reason ?? 'it is gone'}` }
  const decision = plan({ ...free, incident }, planner)
  if (decision.do === 'close') return { over: 'it has cleared by itself' }
  if (decision.do === 'wait') return { over: decision.reason }
  return same(run, decision.order, decision.refusals)
}

function quietly(run: Run, situation: Waiting, planner: Planner): Standing {
  const component = planner.catalog.findComponent(run.component)
  if (!component) return { over: `${run.component} is not in the configuration any more` }
  const choice = (run.runbook === 'appoint-active' ? appoint : reroute)(component, situation, planner)
  return 'refuse' in choice ? { over: choice.refuse } : same(run, choice, [])
}

function same(run: Run, order: RunOrder, refusals: readonly Refusal[]): Standing {
  const refused = refusals.find((refusal) => refusal.runbook === run.runbook)
  if (order.runbook !== run.runbook && refused) return { over: refused.reason }
  if (order.runbook !== run.runbook) return { over: `${order.runbook} comes first: ${order.reason}` }
  // An approval of a standby's name says nothing of who else is broken now. Of nobody's incident, the members are the plan's own choice.
  if (run.incident !== null && !sameMembers(run, order.members))
    return { over: `it is about ${order.members.join(', ')} now: ${order.reason}` }
  if (order.mode !== 'approval') return { over: 'it needs no approval any more' }
  return { order }
}

/** What it has spent and what it stands for must not count against itself. */
function without(run: Run, situation: Waiting): Waiting {
  const paid = new Set(scopesOf(run.runbook, run.component, touchedBy(run)))
  const inHour = situation.now - run.createdAt < spendHourMs ? 1 : 0
  return {
    ...situation,
    liveRun: null,
    history: situation.history.filter(({ id }) => id !== run.id),
    recent: situation.recent.filter(({ status }) => status !== 'waiting'),
    spent: situation.spent.map((one) => (paid.has(one.scope) ? { ...one, hour: one.hour - inHour, day: one.day - 1 } : one)),
  }
}

const sameSteps = (a: readonly PlannedStep[], b: readonly PlannedStep[]) =>
  JSON.stringify(a.map(({ name, setsActive }) => [name, setsActive])) ===
  JSON.stringify(b.map(({ name, setsActive }) => [name, setsActive]))

/** The plan is the one that was shown; or only another standby looks best now, and the one that was shown will still do. */
function asShown(run: Run, order: RunOrder, { role }: Waiting, planner: Planner): boolean {
  if (sameSteps(run.plan, order.plan)) return true
  const standby = run.plan.find((step) => step.action === 'promote')?.args.member
  const component = planner.catalog.findComponent(run.component)
  const runbook = planner.runbooks.get(run.runbook)
  if (typeof standby !== 'string' || !component || !runbook) return false
  const others = component.members.map(({ id }) => id).filter((id) => id !== standby)
  if (chooseStandby(component, null, planner.observed, others) !== standby) return false
  const anomaly = { members: run.incident === null ? [] : run.members, failure: run.failure ?? 'failing', wrongRole: false } as const
  const facts = { ...factsOf(component, anomaly, role, planner.observed), standby }
  if (runbook.requires.some((requirement) => requirements[requirement](facts, planner.observed) !== null)) return false
  return sameSteps(run.plan, expand(runbook, facts, planner.actions))
}

interface ApprovalPorts {
  journal: Pick<Journal, 'answer'>
  planner: Planner
  wake(component: string): void
}

/** Answers by people. Whatever way they come by, they end here. */
export function createApprovals({ journal, planner, wake }: ApprovalPorts) {
  return {
    async approve(id: string, by: string): Promise<Run> {
      const { run, changed } = await journal.answer(id, (waiting, situation) => agree(waiting, situation, planner, by))
      if (changed) wake(run.component)
      if (changed && run.answer !== 'approved')
        throw fault('refused', {
          reason: `${id} was not begun: ${run.reason}`,
          code: 'outdated',
          hint: 'What is to be done now is decided anew.',
        })
      // Twice the same word of the same person is one word.
      if (!changed && !(run.answer === 'approved' && run.approvedBy === by)) throw tooLate(run)
      return run
    },
    async decline(id: string, by: string, reason: string): Promise<Run> {
      const words = `declined by ${by}: ${reason}`
      const { run, changed } = await journal.answer(id, () => ({ do: 'end', answer: 'declined', by, reason: words }))
      if (changed) wake(run.component)
      if (!changed && !(run.answer === 'declined' && run.reason.startsWith(`declined by ${by}: `))) throw tooLate(run)
      return run
    },
  }
}

function tooLate({ id, mode, answer, approvedBy, status, reason }: Run) {
  const hint = `See jidoka run show ${id}.`
  if (answer === 'approved') return fault('conflict', { problem: `${id} was approved by ${approvedBy} already; it is ${status}.`, hint })
  if (mode !== 'approval') return fault('conflict', { problem: `${id} waits for nobody's approval; it is ${status}.`, hint })
  return fault('conflict', { problem: `${id} waits no more: ${reason}.`, hint })
}
