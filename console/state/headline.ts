import type { Component, Incident, IncidentDetail, RunDetail } from '../api/client.ts'
import type { Times } from '../words/time.ts'
import { failureWord, nameOf, type Say, wordFor } from '../words/words.ts'
import { rungsOf } from './rungs.ts'
import { isLive, progressOf, promotedBy } from './runs.ts'

/** How the platform is, as one lamp. `gone`: what we know is old. */
export type Tone = 'well' | 'work' | 'warn' | 'bad' | 'gone' | 'none'

export interface Headline {
  tone: Tone
  /** The one sentence, without what changes every second: also what is read aloud. */
  text: string
  /** `, step 2 of 4` */
  progress: string
  /** One quieter line below; null when there is nothing worth saying. */
  sub: { text: string; lang: 'en' | null } | null
}

export interface Situation {
  components: readonly Component[] | null
  open: readonly Incident[]
  details: ReadonlyMap<string, IncidentDetail>
  /** Runs of no incident. */
  runs: readonly RunDetail[]
  ended: readonly Incident[]
  /** Since when nothing was heard, epoch ms; null while all is fresh. */
  staleSince: number | null
  now: number
}

/** The worst thing first, and of two equally bad the newer. */
export function headline(situation: Situation, say: Say, times: Times): Headline {
  const { components, staleSince, now } = situation
  if (staleSince !== null) {
    const known =
      components === null ? '' : say('head.staleKnown', { known: headline({ ...situation, staleSince: null }, say, times).text })
    return plain('gone', say('head.stale', { time: times.at(staleSince, now) }), known + say('head.staleSub'))
  }
  if (components === null) return plain('none', say('head.loading'))
  if (components.length === 0 && situation.open.length === 0) return plain('none', say('head.empty'), say('head.emptySub'))
  return ofEscalated(situation, say) ?? ofRuns(situation, say) ?? ofOpen(situation, say) ?? ofMembers(components, situation, say, times)
}

const plain = (tone: Tone, text: string, sub?: string): Headline => ({
  tone,
  text,
  progress: '',
  sub: sub === undefined ? null : { text: sub, lang: null },
})
/** Reasons come from the journal, which is written in English. */
const told = (text: string): Headline['sub'] => (text === '' ? null : { text, lang: 'en' })

function ofEscalated({ open, details, runs }: Situation, say: Say): Headline | null {
  const escalated = open.filter((incident) => incident.status === 'escalated')
  const first = escalated[0]
  if (!first) return null
  const names = namesOf(escalated)
  const text = say(names.length === 1 ? 'head.escalated' : 'head.escalatedSome', { components: listed(names, say) })
  const live = liveRun({ open, details, runs })
  const parts = [ladderOf(first, details.get(first.id), say), live ? runSentence(live, say) : '']
  const told = parts.filter((part) => part !== '').join(' · ')
  return { tone: 'bad', text, progress: '', sub: { text: names.length === 1 ? told : `${names[0]}: ${told}`, lang: null } }
}

/** In short: `hung · Restart the process: failed · Switch to the standby: not tried`. The reasons stand in the card. */
function ladderOf(incident: Incident, detail: IncidentDetail | undefined, say: Say): string {
  const rungs = (detail ? rungsOf(detail) : []).map((rung) =>
    rung.kind === 'run'
      ? `${wordFor(say, 'runbook', rung.run.runbook)}: ${say(`run.${rung.run.status}`)}`
      : `${wordFor(say, 'runbook', rung.runbook)}: ${say('tried.refused')}`,
  )
  return [failureWord(say, incident.failure), ...rungs].join(' · ')
}

const namesOf = (incidents: readonly Incident[]) => [...new Set(incidents.map((incident) => nameOf(incident.component)))]

const namedMax = 3
/** `Leo, Dipper and Polaris`; of more, the first and how many. */
function listed(names: readonly string[], say: Say): string {
  if (names.length > namedMax) return say('list.more', { first: names[0] as string, n: names.length - 1 })
  return names.length < 2 ? names.join('') : names.slice(0, -1).join(say('list.comma')) + say('list.and') + names.at(-1)
}

function liveRun({ open, details, runs }: Pick<Situation, 'open' | 'details' | 'runs'>): RunDetail | undefined {
  const ofIncidents = open.flatMap((incident) => details.get(incident.id)?.runs.filter(isLive) ?? [])
  return [...ofIncidents, ...runs.filter(isLive)][0]
}

function ofRuns(situation: Situation, say: Say): Headline | null {
  const { open } = situation
  const run = liveRun(situation)
  if (!run) return null
  const { at, of } = progressOf(run)
  const progress = run.status === 'queued' ? say('head.starting') : of > 1 ? say('head.step', { at, of }) : ''
  // It does nothing yet, and somebody is wanted.
  if (run.status === 'waiting')
    return { tone: 'warn', text: say('head.waiting', { component: nameOf(run.component) }), progress: '', sub: told(run.reason) }
  const others = open.filter((incident) => incident.id !== run.incident).map((incident) => nameOf(incident.component))
  const sub = others.length > 0 ? ({ text: say('head.also', { components: others.join(', ') }), lang: null } as const) : told(run.reason)
  return { tone: 'work', text: runSentence(run, say), progress, sub }
}

/** What a run does, in words: `Polaris: switching to polaris-2`. */
export function runSentence(run: RunDetail, say: Say): string {
  const component = nameOf(run.component)
  const promoted = promotedBy(run)
  const members = run.members.length > 2 ? `${run.members[0]} +${run.members.length - 1}` : run.members.join(', ')
  if (run.runbook === 'restart-process') return say('head.restart', { component, member: members })
  if (run.runbook === 'return-standby') return say('head.return', { component, member: members })
  if (run.runbook === 'failover-active-standby' && promoted) return say('head.switch', { component, member: promoted })
  if (run.runbook === 'appoint-active' && promoted) return say('head.appoint', { component, member: promoted })
  if (run.runbook === 'page') return say('head.page', { component })
  return say('head.run', { component, runbook: wordFor(say, 'runbook', run.runbook) })
}

function ofOpen({ open }: Situation, say: Say): Headline | null {
  const first = open[0]
  if (!first) return null
  const names = namesOf(open)
  if (names.length > 1)
    return {
      tone: 'warn',
      text: say('head.openSome', { components: listed(names, say) }),
      progress: '',
      sub: told(`${names[0]}: ${first.reason}`),
    }
  const text = say('head.open', { component: nameOf(first.component), failure: failureWord(say, first.failure) })
  return { tone: 'warn', text, progress: '', sub: told(first.reason) }
}

function ofMembers(components: readonly Component[], { ended, now }: Situation, say: Say, times: Times): Headline {
  const members = components.flatMap((component) => component.members)
  const count = (...statuses: string[]) => members.filter((member) => statuses.includes(member.status)).length
  const [bad, unknown, of] = [count('warn', 'fail'), count('unknown'), members.length]
  if (bad > 0) return plain('warn', say('head.unwell', { n: bad + unknown, of }))
  if (unknown > 0) return plain('none', say(unknown === of ? 'head.lookingAll' : 'head.looking', { n: unknown, of }))
  const headless = components.find((component) => component.status === 'fail')
  if (headless) return plain('warn', say('head.needsRole', { component: nameOf(headless.id) }))
  return plain('well', say('head.well', { n: of }), lastIncident(ended[0], now, say, times))
}

function lastIncident(last: Incident | undefined, now: number, say: Say, times: Times): string {
  if (!last) return say('head.quiet')
  const values = { component: nameOf(last.component), failure: failureWord(say, last.failure), status: say(`incident.${last.status}`) }
  return say('head.last', { ...values, ago: times.ago(last.endedAt ?? last.openedAt, now) })
}
