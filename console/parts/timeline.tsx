import type { TimelineEntry } from '../api/client.ts'
import { type Say, wordFor } from '../words/words.ts'
import { errorOf } from './rail.tsx'
import { english, useTime, useUi } from './ui.ts'

/** What happened, in the order in which it stands in the journal. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { say, times } = useUi()
  const now = useTime()
  return (
    <ol class="timeline">
      {entries.map((entry) => {
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
  if (kind === 'role.changed') {
    const values = { generation: String(data.generation ?? '?'), member: String(data.active) }
    return { text: say(data.active ? 'event.role.active' : 'event.role.nobody', values), own: true }
  }
  const texts = [
    data.name,
    kind.startsWith('step.') ? null : (data.runbook ?? data.member),
    data.status,
    data.reason ?? data.summary,
    errorOf(data) ?? errorOf(data.output),
  ]
  const text = texts.filter((part) => typeof part === 'string' && part !== '').join(' · ')
  return text === '' ? null : { text }
}
