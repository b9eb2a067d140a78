import type { Button, KnownBlock } from '@slack/types'
import type { Andon, Person } from '../../andon/andon.ts'
import { recurrenceSentence } from '../../andon/recurrence.ts'
import { wordsOf } from '../../andon/words.ts'
import { line, link, quote } from './escape.ts'
import { type BlockEnv, type Rendered, rangeLine, slackForm, titleOf, who } from './form.ts'
import { actions, button, context, header, lines, more, section, sections } from './parts.ts'

/** How many of each a card shows; a telephone at three in the morning shows about twenty lines. */
const shown = { lanes: 8, inquiries: 3, suspects: 3, ranges: 2, ill: 5, kaizen: 5 }

/** The card at the top of a room: how it stands now, and what one can do about it. */
export function cardOf(andon: Andon, env: BlockEnv): Rendered {
  const over = andon.state.status === 'resolved'
  const facts = over ? endOf(andon, env) : factsOf(andon, env)
  const blocks: KnownBlock[] = [
    header(titleOf(andon, env.locale)),
    section(quote(andon.text, 2_200)),
    context(pulledOf(andon, env)),
    section(stateOf(andon, env)),
    ...sections(facts),
    ...recurrenceOf(andon, env),
    ...(merged(andon) ? [] : [actions(buttonsOf(andon, env))]),
  ]
  return { text: `${line(titleOf(andon, env.locale), 200)}: ${line(andon.text, 200)}`, blocks }
}

function recurrenceOf({ recurrence }: Andon, { locale, now }: BlockEnv): KnownBlock[] {
  const sentence = recurrenceSentence(recurrence, locale, now)
  return sentence === null ? [] : [context(`🔁 ${line(sentence, 500)}`)]
}

const merged = ({ state }: Andon) => state.status === 'resolved' && state.mergedInto !== null
const bold = (text: string) => `*${text}*`
const dot = ' · '

function pulledOf(andon: Andon, env: BlockEnv): string {
  const words = wordsOf(env.locale)
  const people = new Set(andon.reporters.map(({ person }) => person.id)).size
  return [
    who(andon.pulledBy, env),
    slackForm(env.locale).moment(andon.pulledAt),
    words.via[andon.via],
    ...(people > 1 ? [bold(words.card.reporters(people))] : []),
    `\`${andon.id}\``,
  ].join(dot)
}

/** The one line that has to be read. */
function stateOf(andon: Andon, env: BlockEnv): string {
  const words = wordsOf(env.locale)
  const form = slackForm(env.locale)
  const { state } = andon
  if (state.status === 'resolved') {
    if (state.mergedInto !== null) return words.card.mergedInto(`\`${state.mergedInto}\``)
    const how = `${bold(line(state.how, 1_000))}${state.cause ? `\n${words.fields.cause?.replace(/[,(].*/, '')}: ${line(state.cause, 1_000)}` : ''}`
    const practice = state.falseAlarm ? `\n${words.pull.noFault}` : ''
    return `✅ ${who(state.by, env)}${dot}${words.card.lasted(form.span(state.at - andon.pulledAt))}\n${how}${practice}`
  }
  const { lead, scribe, comms } = andon.roles
  const leads = lead
    ? bold(words.card.leader(who(lead.person, env)))
    : `${bold(words.card.noLeader)}${state.status === 'yellow' && andon.call ? ` — ⏳ ${words.card.redAt(form.exact(andon.call.until))}` : ''}`
  const others = [
    [words.roles.scribe, scribe],
    [words.roles.comms, comms],
  ] as const
  const held = others.flatMap(([role, held]) => (held ? [`${role}: ${who(held.person, env)}`] : []))
  const why = state.status === 'red' ? [words.card.redFor(line(state.reason, 500))] : []
  return [[leads, ...held].join(dot), ...why].join('\n')
}

/** What is known, a line each; nothing is said of what is not. */
function factsOf(andon: Andon, env: BlockEnv): string[] {
  const words = wordsOf(env.locale)
  const form = slackForm(env.locale)
  const component = andon.component ? `\`${andon.component.id}\` (${words.guessedBy[andon.component.by]})` : words.card.unknownComponent
  const last = andon.updates.at(-1)
  return [
    `${bold(words.card.component)}  ${component}`,
    ...rangesOf(andon, env),
    ...factsNow(andon, env),
    ...suspectsOf(andon, env),
    ...lanesOf(andon, env),
    ...inquiriesOf(andon, env),
    ...(last ? [`${bold(words.card.lastUpdate)}  ${who(last.by, env)} ${form.time(last.at)}: ${line(last.text, 300)}`] : []),
    ...(andon.updateDueAt === null ? [] : [`⏰ ${words.card.nextUpdate(form.time(andon.updateDueAt))}`]),
  ]
}

function rangesOf(andon: Andon, env: BlockEnv): string[] {
  const words = wordsOf(env.locale)
  const latest = [...new Map(andon.ranges.map((reading) => [reading.meter, reading])).values()]
  const segments = new Set(latest.flatMap(({ segments }) => segments.map(({ name }) => name)))
  const told = andon.told.filter(({ segment }) => segments.has(segment)).length
  return [
    ...lines(
      latest,
      shown.ranges,
      (reading) => `${bold(words.card.range)}  ${line(reading.title, 60)}: ${rangeLine(reading, env.locale)}`,
      env.locale,
    ),
    ...(segments.size > 0 ? [words.card.told(told, segments.size)] : []),
  ]
}

function factsNow({ snapshot }: Andon, { locale }: BlockEnv): string[] {
  const ill = (snapshot?.components ?? []).filter(({ status }) => status !== 'pass')
  if (ill.length === 0) return []
  const told = lines(ill, shown.ill, ({ id, status, well, of }) => `\`${line(id, 70)}\` ${status} ${well}/${of}`, locale)
  return [`${bold(wordsOf(locale).card.facts)}  ${told.join(', ')}`]
}

function suspectsOf({ suspects }: Andon, { locale }: BlockEnv): string[] {
  if (suspects.length === 0) return []
  const form = slackForm(locale)
  const one = ({ title, at, url, why }: (typeof suspects)[number]) => `• ${form.time(at)} ${link(url, title)} (${line(why, 160)})`
  return [bold(wordsOf(locale).card.suspects), ...lines(suspects, shown.suspects, one, locale)]
}

const marks = { open: '⚪', taken: '🔵', done: '✅' } as const

function lanesOf({ lanes }: Andon, env: BlockEnv): string[] {
  if (lanes.length === 0) return []
  const words = wordsOf(env.locale)
  const form = slackForm(env.locale)
  const one = ({ title, status, owner, dueAt, outcome }: (typeof lanes)[number]) => {
    const rest =
      status === 'done'
        ? outcome && `: ${line(outcome, 120)}`
        : owner && ` — ${who(owner, env)}${dueAt === null ? '' : `, ${words.card.laneDue(form.time(dueAt))}`}`
    return `${marks[status]} ${line(title, 80)}${rest || (status === 'open' ? ` — ${words.laneStatus.open}` : '')}`
  }
  const done = lanes.filter(({ status }) => status === 'done').length
  const order = [...lanes].sort((a, b) => Number(a.status === 'done') - Number(b.status === 'done'))
  return [bold(words.card.lanes(done, lanes.length)), ...lines(order, shown.lanes, one, env.locale)]
}

function inquiriesOf({ inquiries }: Andon, env: BlockEnv): string[] {
  const open = inquiries.filter(({ status }) => status !== 'closed')
  if (open.length === 0) return []
  const words = wordsOf(env.locale)
  const one = ({ name, status, ticket, sentAt }: (typeof open)[number]) =>
    `☎️ ${line(name, 80)}: ${words.inquiryStatus[status]} (${[slackForm(env.locale).time(sentAt), ...(ticket ? [line(ticket, 40)] : [])].join(', ')})`
  return [bold(words.card.inquiries), ...lines(open, shown.inquiries, one, env.locale)]
}

/** After it has ended: what is left to do. */
function endOf(andon: Andon, env: BlockEnv): string[] {
  const words = wordsOf(env.locale)
  if (merged(andon)) return []
  const items = andon.kaizen.filter(({ status }) => status !== 'dropped')
  const one = ({ text, owner, status }: (typeof items)[number]) =>
    `${status === 'done' ? '✅' : '▫️'} ${line(text, 160)}${owner ? ` — ${who(owner, env)}` : ''}`
  const archive = andon.retention && andon.retention.archivedAt === null && andon.retention.archiveAt
  return [
    ...(items.length > 0 ? [bold(words.commands['kaizen-add'].button), ...lines(items, shown.kaizen, one, env.locale)] : []),
    ...(archive ? [words.card.archiveAt(slackForm(env.locale).date(archive))] : []),
  ]
}

/** The few that fit the state; the rest is behind the three dots, or in `/andon help`. */
function buttonsOf(andon: Andon, { locale }: BlockEnv) {
  const aim = { id: andon.id }
  const plain = (command: string) => button(command, aim, locale)
  const styled = (command: string, style: 'primary' | 'danger') => button(command, aim, locale, { style })
  const led = andon.roles.lead !== null
  if (andon.state.status === 'resolved') return [plain('kaizen-add'), plain('thank'), plain('reopen'), more(['keep', 'note'], aim, locale)]
  const first: Button[] = [...(led ? [] : [styled('lead', 'primary')])]
  if (andon.state.status === 'yellow')
    return [
      ...first,
      styled('escalate', 'danger'),
      plain('join'),
      plain('resolve'),
      more([led ? 'role' : 'update', 'component', 'lane-open', 'inquiry-send', 'private'], aim, locale),
    ]
  return [
    ...first,
    led ? styled('update', 'primary') : plain('update'),
    plain('join'),
    plain('lane-open'),
    plain('resolve'),
    more(['inquiry-send', 'role', 'component', 'kaizen-add', 'thank'], aim, locale),
  ]
}

/** For lists: `🔴 Red · session-gw: words — Aki`. */
export function summaryOf(andon: Andon, env: BlockEnv): string {
  const lead: Person | undefined = andon.roles.lead?.person
  const words = wordsOf(env.locale)
  const place = andon.room ? `${dot}${link(andon.room.url, andon.room.name.startsWith('#') ? andon.room.name : `#${andon.room.name}`)}` : ''
  return `${bold(line(titleOf(andon, env.locale), 200))}${place}\n${line(andon.text, 200)}\n${lead ? words.card.leader(who(lead, env)) : words.card.noLeader}${dot}${slackForm(env.locale).moment(andon.pulledAt)}`
}
