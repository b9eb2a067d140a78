import type { Incident, RunDetail } from '../api/client.ts'
import { nameOf, wordFor } from '../words/words.ts'
import { Approval } from './approval.tsx'
import { Icon } from './icons.tsx'
import { IncidentCard } from './incident.tsx'
import { Rail, runIcon } from './rail.tsx'
import { english, useUi } from './ui.ts'

/** What is going on: open incidents, those that ended a moment ago, and runs of no incident. */
export function Now() {
  const { board, say } = useUi()
  const leaving = [...board.leaving.keys()].flatMap((id) => board.details.get(id) ?? []).filter((incident) => incident.endedAt !== null)
  const shown: Incident[] = [...board.open, ...leaving]
  const nothing = shown.length + board.runs.length === 0
  return (
    <section class="now" aria-labelledby="now-title" id="now" tabIndex={-1}>
      <h2 id="now-title">
        {say('now.title')} {board.open.length > 0 && <span class="count">{board.open.length}</span>}
      </h2>
      {nothing && (
        <div class="nothing">
          <Icon name="pass" />
          <p>
            {say('now.none')} <span class="quiet">{say('now.noneSub')}</span>
          </p>
        </div>
      )}
      {shown.map((incident) => (
        <IncidentCard key={incident.id} incident={incident} detail={board.details.get(incident.id)} />
      ))}
      {board.runs.map((run) => (
        <HandRun key={run.id} run={run} />
      ))}
      {board.moreOpen && <p class="quiet">{say('now.more', { n: `> ${board.open.length}` })}</p>}
    </section>
  )
}

/** A run that somebody ordered, or that belongs to no incident. */
function HandRun({ run }: { run: RunDetail }) {
  const { say, show } = useUi()
  return (
    <article class="incident" data-incident="run" aria-labelledby={`run-${run.id}`}>
      <header>
        <span class="badge" data-run={run.status}>
          <Icon name={runIcon[run.status]} />
          {say(`run.${run.status}`)}
        </span>
        <span class="incident-time">{run.by !== 'engine' && say('run.by', { name: run.by })}</span>
      </header>
      <h3 id={`run-${run.id}`}>
        <button type="button" class="plain" onClick={() => show(run.component)}>
          {nameOf(run.component)}
        </button>{' '}
        <span class="failure">{wordFor(say, 'runbook', run.runbook)}</span>
      </h3>
      {run.reason && (
        <p class="reason" {...english}>
          {run.reason}
        </p>
      )}
      <Rail run={run} />
      {run.status === 'waiting' && <Approval run={run} />}
    </article>
  )
}
