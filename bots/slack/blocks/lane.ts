import type { KnownBlock } from '@slack/types'
import type { Andon, Lane } from '../../andon/andon.ts'
import { crowded } from '../../andon/lanes.ts'
import { wordsOf } from '../../andon/words.ts'
import { line, link } from './escape.ts'
import { type BlockEnv, type Rendered, slackForm, who } from './form.ts'
import { actions, button, context, more, section } from './parts.ts'

const reportsShown = 3
const marks = { open: '⚪', taken: '🔵', done: '✅' } as const

/** The card of one lane; replies to it are its reports. */
export function laneOf(andon: Andon, lane: Lane, env: BlockEnv): Rendered {
  const { locale } = env
  const words = wordsOf(locale)
  const form = slackForm(locale)
  const title = line(lane.title, 150)
  const state =
    lane.status === 'taken' && lane.owner
      ? `${who(lane.owner, env)}${lane.dueAt === null ? '' : `, ${words.card.laneDue(form.time(lane.dueAt))}`}`
      : words.laneStatus[lane.status]
  const drill = andon.drill ? `🧪 ${words.card.drill} · ` : ''
  const room = lane.room?.name ? ` · ${link(lane.room.url, `#${lane.room.name}`)}` : ''
  const head = `${drill}${needsPeople(lane) ? '⚠️' : marks[lane.status]} *${title}* — ${state}${room}`
  const reports = lane.reports
    .slice(-reportsShown)
    .map(({ person, text, at }) => `${form.time(at)} ${form.name(person)}: ${line(text, 400)}`)
  const blocks: KnownBlock[] = [
    section(lane.outcome ? `${head}\n${line(lane.outcome, 1_000)}` : head),
    ...(reports.length > 0 ? [context(reports.join('\n'))] : []),
    ...buttonsOf(andon, lane, env),
  ]
  return { text: `${drill}${title}: ${line(lane.outcome ?? words.laneStatus[lane.status], 200)}`, blocks }
}

/** A runbook came to its end, and did not mend it: now it is for people to decide. */
const needsPeople = ({ kind, status, outcome }: Lane) =>
  kind === 'remediation' && status === 'done' && outcome !== null && !/^[^:]+: done \(/.test(outcome)

function buttonsOf(andon: Andon, lane: Lane, { locale }: BlockEnv): KnownBlock[] {
  const { id, state } = andon
  if (state.status === 'resolved' || (lane.status === 'done' && !needsPeople(lane))) return []
  const aim = { id, lane: lane.id }
  // A runbook owns its lane; people decide about it.
  if (lane.kind === 'remediation')
    return [
      actions([
        button('approve', aim, locale, { style: 'primary' }),
        button('retry', aim, locale),
        button('stop', aim, locale, { style: 'danger' }),
      ]),
    ]
  const room = !lane.room && crowded(andon) ? ['lane-room'] : []
  if (lane.status === 'open')
    return [
      actions([
        button('lane-take', aim, locale, { style: 'primary' }),
        button('lane-report', aim, locale),
        button('lane-done', aim, locale),
        ...(room.length > 0 ? [more(room, aim, locale)] : []),
      ]),
    ]
  const carrier = lane.kind === 'carrier' ? [button('inquiry-send', { id }, locale)] : []
  return [
    actions([
      button('lane-report', aim, locale, { style: 'primary' }),
      button('lane-done', aim, locale),
      ...carrier,
      more(['lane-hand', ...room], aim, locale),
    ]),
  ]
}
