import { useState } from 'preact/hooks'
import type { Incident, IncidentDetail } from '../api/client.ts'
import { pagedAt, rungsOf } from '../state/rungs.ts'
import { storyOf, whyEscalated } from '../state/story.ts'
import { between, span } from '../words/time.ts'
import { failureWord, nameOf } from '../words/words.ts'
import { Fold } from './fold.tsx'
import { Icon, type IconName } from './icons.tsx'
import { problemText } from './problem.ts'
import { Rungs } from './rungs.tsx'
import { Timeline } from './timeline.tsx'
import { english, useTime, useUi } from './ui.ts'

const icons: Record<Incident['status'], IconName> = {
  open: 'warn',
  mending: 'work',
  recovered: 'pass',
  escalated: 'person',
  resolved: 'pass',
}

export const IncidentBadge = ({ status }: { status: Incident['status'] }) => (
  <span class="badge" data-incident={status}>
    <Icon name={icons[status]} />
    {useUi().say(`incident.${status}`)}
  </span>
)

export function IncidentCard({ incident, detail }: { incident: Incident; detail: IncidentDetail | undefined }) {
  const { say, times, show } = useUi()
  const now = useTime()
  // Where rungs were climbed, they tell it better than their sum.
  const reason = incident.status !== 'escalated' || !detail ? incident.reason : rungsOf(detail).length > 0 ? '' : whyEscalated(detail)
  return (
    <article class="incident" data-incident={incident.status} aria-labelledby={`incident-${incident.id}`}>
      <header>
        <IncidentBadge status={incident.status} />
        <span class="incident-time">
          <time dateTime={incident.openedAt}>{times.at(incident.openedAt, now)}</time> ·{' '}
          {span(between(incident.openedAt, incident.endedAt, now))}
        </span>
      </header>
      <h3 id={`incident-${incident.id}`}>
        <button type="button" class="plain" onClick={() => show(incident.component)}>
          {nameOf(incident.component)}
        </button>{' '}
        <span class="failure">{failureWord(say, incident.failure)}</span>
      </h3>
      {reason && (
        <p class="reason" {...english}>
          {reason}
        </p>
      )}
      {detail && <IncidentBody incident={detail} />}
    </article>
  )
}

function IncidentBody({ incident }: { incident: IncidentDetail }) {
  const { say, times } = useUi()
  const now = useTime()
  const paged = pagedAt(incident)
  return (
    <>
      <Rungs incident={incident} />
      {incident.status === 'escalated' && (
        <p class="paged">
          <Icon name="person" />
          {paged ? say('incident.paged', { time: times.at(paged, now) }) : say('incident.notPaged')}
        </p>
      )}
      <Fold key={incident.status} title={say('incident.alerts')} count={incident.alerts.length} first={incident.status === 'escalated'}>
        {() => <Alerts incident={incident} />}
      </Fold>
      <Fold title={say('incident.timeline')} count={storyOf(incident.timeline).length}>
        {() => <Timeline entries={incident.timeline} />}
      </Fold>
      {incident.status === 'escalated' && <Resolve incident={incident.id} />}
    </>
  )
}

function Alerts({ incident }: { incident: IncidentDetail }) {
  const { say } = useUi()
  return (
    <ul class="alerts">
      {incident.alerts.map((alert) => (
        <li key={alert.key} data-status={alert.status}>
          <b class="mono">{alert.member ?? incident.component}</b> <span {...english}>{alert.summary || alert.signal}</span>{' '}
          <small class="quiet">
            {alert.source}
            {alert.count > 1 && ` · ${say('incident.times', { n: alert.count })}`}
          </small>
        </li>
      ))}
    </ul>
  )
}

/** A person ends what only a person could mend, and says what it was. */
function Resolve({ incident }: { incident: string }) {
  const { say, orders } = useUi()
  const [reason, setReason] = useState('')
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null })
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setState({ busy: true, problem: null })
    const answer = await orders.resolve(incident, reason)
    setState({ busy: false, problem: answer.ok ? null : problemText(say, answer) })
  }
  return (
    <Fold title={say('incident.resolve')}>
      {() => (
        <form class="resolve" onSubmit={submit}>
          <label for={`resolve-${incident}`}>{say('incident.resolveAsk')}</label>
          <textarea
            id={`resolve-${incident}`}
            rows={2}
            maxLength={500}
            required
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          {state.problem && (
            <p class="problem" role="alert">
              {state.problem}
            </p>
          )}
          <button type="submit" class="button" disabled={state.busy || reason.trim() === ''}>
            {say('incident.resolveDo')}
          </button>
        </form>
      )}
    </Fold>
  )
}
