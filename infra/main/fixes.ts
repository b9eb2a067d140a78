import type { Clock } from '../../core/clock.ts'
import { causeChain, isFault } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, OutboxMessage } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { PlannedStep, Run } from '../../core/runs/run.ts'
import type { Finding, FixEnd } from '../../guardians/desk.ts'
import type { FindingsHouse } from '../../guardians/findings/desk.ts'
import type { FixPort } from '../../guardians/findings/fix.ts'
import { type AwsDoor, awsHere } from '../../remediation/aws.ts'
import { type Planner, planned } from '../../remediation/plan.ts'
import type { Fix, FixLook, FixPlan, FixSubject } from '../../remediation/runbook.ts'

export interface FixParts {
  journal: Pick<Journal, 'order' | 'runs' | 'steps'>
  /** The engine's: its runbooks, its actions, its configuration. */
  planner: Pick<Planner, 'catalog' | 'runbooks' | 'actions'>
  /** The same as the engine's world has. */
  aws: AwsDoor
  clock: Clock
  /** The engine looks at what was ordered. */
  wake(component: string): void
}

/** A look before an approval ends so long after it began. */
const lookMs = 20_000
const runsLooked = 100

/**
 * What a run is of that mends a finding: no component of any configuration (their ids have no colon), so it is on no board, in no
 * probe and in no count; its lease keeps a second fix of the same finding out.
 */
const subjectPrefix = 'finding:'
const subjectOf = (finding: Pick<Finding, 'id'>) => `${subjectPrefix}${finding.id}`
const undoOf = (runbook: string) => `undo-${runbook}`

/** Carries approved fixes out, by the same journal and engine as all other runs. */
export function openFixes({ journal, planner, aws, clock, wake }: FixParts): FixPort {
  /** The newest run of this runbook that changed something, and what it did, the last step first. */
  async function lastDone(component: string, runbook: string): Promise<{ run: Run; done: PlannedStep[] } | null> {
    for (const run of await journal.runs({ component }, { limit: runsLooked })) {
      if (run.runbook !== runbook && run.runbook !== undoOf(runbook)) continue
      const steps = (await journal.steps(run.id)).filter(({ status, output }) => status === 'done' && !isAlready(output))
      const seqs = [...new Set(steps.map(({ seq }) => seq))].sort((a, b) => b - a)
      if (seqs.length > 0) return { run, done: seqs.flatMap((seq) => run.plan[seq] ?? []) }
    }
    return null
  }

  async function undoing(fix: Fix, finding: Finding, runbook: string, look: FixLook): Promise<FixPlan> {
    if (!fix.undo) return { refuse: fix.undoes }
    const last = await lastDone(subjectOf(finding), runbook)
    if (!last) return { refuse: `${runbook} has changed nothing here that could be undone` }
    if (last.run.runbook !== runbook) return { refuse: `it has been undone already (${last.run.id})` }
    return fix.undo(last.done, look)
  }

  /** Looks at AWS as it is now. What cannot be looked at is not changed. */
  async function plan(fix: Fix, finding: Finding, { runbook, undo }: { runbook: string; undo?: true }): Promise<FixPlan> {
    const subject = subjectIn(finding)
    const abort = new AbortController()
    const cancel = clock.after(lookMs, () => abort.abort())
    try {
      const here = awsHere({ aws }, subject.place, { timeoutMs: lookMs, signal: abort.signal })
      const look = { aws: here, now: clock.now() }
      return await (undo ? undoing(fix, finding, runbook, look) : fix.plan(subject, look))
    } catch (error) {
      return { refuse: causeChain(error) }
    } finally {
      cancel()
    }
  }

  return {
    async approveFix(finding, { runbook, dryRun, undo, by }) {
      const fix = planner.runbooks.get(runbook)?.fix
      if (!fix) return { refuse: `there is no runbook "${runbook}" for findings here` }
      const made = await plan(fix, finding, { runbook, undo })
      if ('refuse' in made) return made
      if (dryRun) return { run: null, said: made.words }
      if (planner.catalog.config.dryRun) return { refuse: `this controller touches nothing (dryRun); it ${made.words}` }
      const component = subjectOf(finding)
      const answer = await journal.order(component, () => ({
        runbook: undo ? undoOf(runbook) : runbook,
        ...{ component, incident: null, failure: null, members: [finding.resource], takesGeneration: false, by },
        plan: planned(runbook, made.steps, planner.actions),
        reason: made.words.replace(/^would /, 'to '),
      }))
      if ('refuse' in answer) return answer
      wake(component)
      return { run: answer.id, said: made.words }
    },
  }
}

/** Tells the desk how runs that mend findings ended; goes on where an earlier life left it. */
export const followFixes = (parts: { journal: Journal; clock: Clock; log: Log; desk: Pick<FindingsHouse, 'fixEnded'> }) =>
  follow({
    ...parts,
    subscriber: 'finding-fixes',
    async handle({ kind, component, run, data }) {
      if (kind !== 'run.finished' || run === null || !component?.startsWith(subjectPrefix)) return
      const begunAt = (await parts.journal.run(run))?.createdAt ?? 0
      const end = { run, begunAt, status: data.status as FixEnd, reason: String(data.reason) }
      if (end.status === 'unknown') await parts.journal.post(doubtPage(end, component))
      await parts.desk.fixEnded(component.slice(subjectPrefix.length), end).catch((error: unknown) => {
        // One that nobody met for a year is forgotten.
        if (!isFault(error, 'finding-not-found')) throw error
      })
    },
  })

/** Whether something was changed is not known: a person looks. Posted once per run. */
const doubtPage = ({ run, reason }: { run: string; reason: string }, subject: string): OutboxMessage => ({
  channel: 'page',
  dedupe: `jidoka/fix/${run}`,
  incident: null,
  payload: {
    component: 'jidoka',
    title: 'A fix in doubt',
    owner: null,
    failure: 'failing',
    members: [subject],
    urgency: 'low',
    evidence: `${subject}, ${run}`,
    reason: `${reason}. Look at the resource (jidoka finding show ${subject.slice(subjectPrefix.length)}); no other fix of it begins before a scan has looked.`,
    tried: [],
    refused: [],
  },
})

const isAlready = (output: unknown) => typeof output === 'object' && output !== null && 'already' in output

const subjectIn = ({ account, region, resource, reason, evidence }: Finding): FixSubject => ({
  place: { account, region, partition: resource.split(':')[1] ?? 'aws' },
  ...{ resource, reason, evidence },
})
