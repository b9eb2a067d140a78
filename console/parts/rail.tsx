import type { Run, RunDetail, Step } from '../api/client.ts'
import { isLive, latestSteps, targetOf } from '../state/runs.ts'
import { between, span } from '../words/time.ts'
import { type Say, wordFor } from '../words/words.ts'
import { Icon, type IconName } from './icons.tsx'
import { english, useNow, useUi } from './ui.ts'

const stepIcon: Record<Step['status'], IconName> = { planned: 'planned', intent: 'work', done: 'pass', failed: 'fail', unknown: 'unknown' }
export const runIcon: Record<Run['status'], IconName> = {
  queued: 'planned',
  running: 'work',
  waiting: 'pause',
  done: 'pass',
  failed: 'fail',
  unknown: 'unknown',
  cancelled: 'skipped',
}

/** The steps of a run as they happen, one below the other. */
export function Rail({ run }: { run: RunDetail }) {
  const { say } = useUi()
  const steps = latestSteps(run.steps)
  const now = useNow(steps.some((step) => step.status === 'intent') ? 100 : null)
  return (
    <ol class="rail" aria-label={wordFor(say, 'runbook', run.runbook)}>
      {steps.map((step) => (
        <RailStep key={step.seq} step={step} now={now} moot={!isLive(run)} />
      ))}
    </ol>
  )
}

/** `moot`: the run is over; what has not begun will not. */
function RailStep({ step, now, moot }: { step: Step; now: number; moot: boolean }) {
  const { say } = useUi()
  const error = step.status === 'failed' || step.status === 'unknown' ? errorOf(step.output) : null
  return (
    <li class="rail-step" data-status={step.status}>
      <Icon name={moot && step.status === 'planned' ? 'skipped' : stepIcon[step.status]} />
      <span class="rail-name">
        {stepName(say, step)}
        {step.attempt > 1 && <small class="quiet"> · {say('run.attempt', { n: step.attempt })}</small>}
        <span class="sr-only">, {say(`step.${step.status}`)}</span>
      </span>
      {step.startedAt && <span class="rail-time">{span(between(step.startedAt, step.endedAt, now))}</span>}
      {error && (
        <p class="rail-error" {...english}>
          {error}
        </p>
      )}
    </li>
  )
}

/** `promote polaris-2` in the language of the reader; a step that a runbook named itself keeps its name. */
export function stepName(say: Say, step: Pick<Step, 'name' | 'action'>): string {
  const awaited = /^wait for (.+)$/.exec(step.name)?.[1]
  if (awaited) return say('action.wait', { member: awaited })
  const member = targetOf(step)
  if (member === null && step.name !== step.action) return step.name
  const word = wordFor(say, 'action', step.action, { member: member ?? '' }).trim()
  return word === step.action ? step.name : word
}

/** The reason in what a failed step put out: its own, or the one before it was asked whether it had been done. */
export function errorOf(output: unknown): string | null {
  if (typeof output !== 'object' || output === null) return null
  const { error, after } = output as { error?: unknown; after?: unknown }
  return typeof error === 'string' ? error : after === undefined ? null : errorOf(after)
}
