import type { Incident } from '../api/client.ts'
import { between, span } from '../words/time.ts'
import { failureWord, nameOf } from '../words/words.ts'
import { IncidentBadge } from './incident.tsx'
import { Rungs } from './rungs.tsx'
import { Timeline } from './timeline.tsx'
import { english, useTime, useUi } from './ui.ts'

const shownMax = 12

/** What has ended, newest first. */
export function Earlier() {
  const { board, say } = useUi()
  const ended = board.ended.filter((incident) => !board.leaving.has(incident.id)).slice(0, shownMax)
  // They are still in sight above.
  if (ended.length === 0 && board.ended.length > 0) return null
  return (
    <section class="earlier" aria-labelledby="earlier-title">
      <h2 id="earlier-title">{say('earlier.title')}</h2>
      {ended.length === 0 ? (
        <p class="quiet">{say('earlier.none')}</p>
      ) : (
        <ul>
          {ended.map((incident) => (
            <EndedIncident key={incident.id} incident={incident} />
          ))}
        </ul>
      )}
    </section>
  )
}

function EndedIncident({ incident }: { incident: Incident }) {
  const { board, say, times, feed } = useUi()
  const now = useTime()
  const detail = board.details.get(incident.id)
  const ended = incident.endedAt ?? incident.openedAt
  return (
    <li>
      <details class="ended" onToggle={(event) => event.currentTarget.open && feed.watch(incident.id)}>
        <summary>
          <IncidentBadge status={incident.status} />
          <span class="ended-what">
            <b>{nameOf(incident.component)}</b> {failureWord(say, incident.failure)}
          </span>
          <span class="ended-when">
            {say('earlier.took', { time: span(between(incident.openedAt, incident.endedAt, now)) })} ·{' '}
            <time dateTime={ended}>{times.at(ended, now)}</time>
          </span>
        </summary>
        <p class="reason" {...english}>
          {incident.reason}
        </p>
        {detail && (
          <>
            <Rungs incident={detail} />
            <Timeline entries={detail.timeline} />
          </>
        )}
      </details>
    </li>
  )
}
