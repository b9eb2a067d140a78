import type { TimelineEntry } from '../api/client.ts'
import { storyOf } from '../state/story.ts'
import { type Say, wordFor } from '../words/words.ts'
import { errorOf, stepName } from './rail.tsx'
import { english, useTime, useUi } from './ui.ts'

/** What happened, in the order in which it stands in the journal. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { say, times } = useUi()
  const now = useTime()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <ol class="timeline" tabIndex={0} aria-label={say('incident.timeline')}>
      {storyOf(entries).map((entry) => {
        const told = tell(say, entry)
        return (
          <li key={entry.seq} data-kind={entry.kind}>
            <time dateTime={entry.at}>{times.at(entry.at, now)}</time>
            <span class="timeline-kind">{wordFor(say, 'event', entry.kind)}</span>
            {told && (
              <span class="timeline-text" {...(told.own ? {} : english)}>
                {told.text}
              </span>
            )}
          </li>
        )
      })}
    </ol>
  )
}

/** The one thing worth reading in an entry; `own`: said by us, in the language of the page. */
function tell(say: Say, { kind, data }: TimelineEntry): { text: string; own?: true } | null {
  const runbook = typeof data.runbook === 'string' ? wordFor(say, 'runbook', data.runbook) : null
  if (kind === 'role.changed') {
    const values = { generation: String(data.generation ?? '?'), member: String(data.active) }
    return { text: say(data.active ? 'event.role.active' : 'event.role.nobody', values), own: true }
  }
  if (kind === 'run.queued' && runbook) return { text: runbook, own: true }
  if (kind === 'run.finished' && runbook) {
    const status = wordFor(say, 'run', String(data.status))
    return { text: data.status === 'unknown' ? `${runbook}: ${status} · ${data.reason}` : `${runbook}: ${status}`, own: true }
  }
  if (kind === 'incident.classified') return { text: wordFor(say, 'failure', String(data.failure)), own: true }
  const texts = [
    kind.startsWith('step.') ? stepTold(say, data) : (runbook ?? data.member),
    data.reason ?? data.summary,
    errorOf(data.output),
  ]
  const text = texts.filter((part) => typeof part === 'string' && part !== '').join(' · ')
  return text === '' ? null : { text }
}

const stepTold = (say: Say, { name, action }: TimelineEntry['data']) => stepName(say, { name: String(name), action: String(action) })
