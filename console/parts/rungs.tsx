import type { IncidentDetail } from '../api/client.ts'
import { type Rung, rungsOf } from '../state/rungs.ts'
import { isLive } from '../state/runs.ts'
import { between, span } from '../words/time.ts'
import { wordFor } from '../words/words.ts'
import { Approval } from './approval.tsx'
import { Icon } from './icons.tsx'
import { errorOf, Rail, runIcon } from './rail.tsx'
import { english, useTime, useUi } from './ui.ts'

/** The ladder as it was climbed: each run with its steps, each refusal with its reason. */
export function Rungs({ incident }: { incident: IncidentDetail }) {
  const { say } = useUi()
  const rungs = rungsOf(incident)
  const over = incident.status === 'escalated'
  if (rungs.length === 0) return over ? <p class="quiet">{say('incident.nothingTried')}</p> : null
  return (
    <div class="rungs">
      {over && <h4>{say('incident.tried')}</h4>}
      <ol>
        {rungs.map((rung, index) => (
          <RungRow key={`${rung.at}${index}`} rung={rung} open={over || index === rungs.length - 1} />
        ))}
      </ol>
    </div>
  )
}

function RungRow({ rung, open }: { rung: Rung; open: boolean }) {
  const { say } = useUi()
  if (rung.kind === 'refused') {
    return (
      <li class="rung" data-outcome="refused">
        <Icon name="skipped" />
        <div>
          <strong>{wordFor(say, 'runbook', rung.runbook)}</strong> <span class="rung-outcome">{say('tried.refused')}</span>
          <p class="reason" {...english}>
            {rung.reason}
          </p>
        </div>
      </li>
    )
  }
  const { run } = rung
  const unfolded = open || isLive(run)
  // The rail tells why beside the step that failed.
  const told = unfolded && run.steps.some((step) => errorOf(step.output) !== null)
  return (
    <li class="rung" data-outcome={run.status}>
      <Icon name={runIcon[run.status]} />
      <div>
        <strong>{wordFor(say, 'runbook', run.runbook)}</strong> <RungOutcome rung={rung} />
        {!isLive(run) && run.status !== 'done' && !told && (
          <p class="reason" {...english}>
            {run.reason}
          </p>
        )}
        {unfolded && <Rail run={run} />}
        {run.status === 'waiting' && <Approval run={run} />}
      </div>
    </li>
  )
}

function RungOutcome({ rung: { run } }: { rung: Extract<Rung, { kind: 'run' }> }) {
  const { say } = useUi()
  const now = useTime()
  const word = run.status === 'unknown' ? say('tried.doubt') : say(`run.${run.status}`)
  const { startedAt, endedAt } = run
  const told = startedAt && endedAt ? say('tried.after', { word, time: span(between(startedAt, endedAt, now)) }) : word
  return (
    <span class="rung-outcome">
      {told}
      {run.by !== 'engine' && ` · ${say('run.by', { name: run.by })}`}
    </span>
  )
}
