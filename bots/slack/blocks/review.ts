import type { ActionsBlock, Button, KnownBlock } from '@slack/types'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import { shortName } from '../../../guardians/say.ts'
import type { Locale } from '../../andon/andon.ts'
import type { People } from '../../andon/people.ts'
import { isOpen, type Review, type ReviewItem, undecided } from '../../duty/review.ts'
import { decisionLine, dutyWords, factLines, tellingOf } from '../../duty/words.ts'
import { namedBy, slackDutyForm } from '../duty.ts'
import { advice, line } from './escape.ts'
import type { Rendered } from './form.ts'
import { limits } from './limits.ts'
import { actions, context, header, label, section, sections } from './parts.ts'

/** What blocks of the duty are made from. */
export interface DutyEnv {
  catalog: Catalog
  people: People
}

export const dutyAction = (name: string) => `duty:${name}`

interface ButtonSpec {
  words: string
  value?: object
  style?: 'primary' | 'danger'
  /** Asked before it is done. */
  sure?: { text: string; yes: string; no: string }
}

export const dutyButtonOf = (name: string, { words, value, style, sure }: ButtonSpec): Button => ({
  type: 'button',
  action_id: dutyAction(name),
  text: label(words, limits.button),
  ...(value ? { value: JSON.stringify(value) } : {}),
  ...(style ? { style } : {}),
  ...(sure
    ? { confirm: { title: label(words, 100), text: label(sure.text, 300), confirm: label(sure.yes, 30), deny: label(sure.no, 30) } }
    : {}),
})

export const houseLocale = ({ catalog }: Pick<DutyEnv, 'catalog'>): Locale => catalog.config.andon.locale

/** The head of a review: who did not report, who is on duty, what is known, how far it is. */
export function reviewHead(review: Review, env: DutyEnv): Rendered {
  const locale = houseLocale(env)
  const words = dutyWords(locale)
  const form = slackDutyForm(locale, env.people)
  const named = namedBy(env.people)
  const { alarms, lines } = factLines(review.facts, form)
  const title = words.review.title(form.day(review.day))
  const onDuty = review.people.length === 0 ? words.review.nobodyOnDuty : words.review.onDuty(form.names(review.people.map(named)))
  const what = review.items.length === 0 ? words.review.nothing : words.review.items(review.items.length, review.waiting)
  const end: ActionsBlock[] =
    isOpen(review) && review.items.length > 0
      ? [actions([dutyButtonOf('end', { words: words.buttons.end, value: { review: review.id } })])]
      : []
  const blocks: KnownBlock[] = [
    header(`🛡️ ${title}`),
    ...sections(alarmLines(alarms, words.facts.moreHoles)),
    section(`${onDuty}\n${what}`),
    ...sections(lines.map((one) => (one.startsWith('– ') ? `      ${one}` : `• ${one}`))),
    context(progressOf(review, form)),
    ...end,
  ]
  return { text: `🛡️ ${title}: ${what} ${onDuty}`, blocks }
}

const alarmsMax = 8
const alarmLines = (alarms: readonly string[], more: (n: number) => string): string[] => [
  ...alarms.slice(0, alarmsMax).map((one) => `🔴 *${one}*`),
  ...(alarms.length > alarmsMax ? [`🔴 *${more(alarms.length - alarmsMax)}*`] : []),
]

function progressOf(review: Review, form: ReturnType<typeof slackDutyForm>): string {
  const words = dutyWords(form.locale).review
  const left = undecided(review).length
  const decided = review.items.length - left
  const { state } = review
  if (state.status === 'open') return words.progress(decided, review.items.length, form.time(review.endsAt))
  return words.over(decided, left, form.span(state.at - review.openedAt))
}

const dots = { high: '🔴', medium: '🟠', low: '🟡' } as const

/** One item: what was found, and either its buttons or what was decided. */
export function reviewItemOf(item: ReviewItem, review: Review, env: DutyEnv): Rendered {
  const locale = houseLocale(env)
  const words = dutyWords(locale)
  const form = slackDutyForm(locale, env.people)
  const { finding, n } = item
  const told = tellingOf(env.catalog).tell(finding, locale)
  const decision = decisionLine(item, form, namedBy(env.people))
  const saved = finding.savings ? ` · ${form.money(finding.savings.usdPerMonth)} ${words.perMonth}` : ''
  const title = `${dots[finding.severity]} *${n}. ${line(told.title, 150)}* · ${words.why[item.why]}${saved}`
  const owner = finding.owner
    ? words.owner(ownerName(finding.owner, env, form), words.ownerBy[finding.owner.by])
    : words.owner(words.nobody, words.ownerBy.fallback)
  const small = [
    line(`${finding.check} · ${finding.account} ${finding.region}`, 200),
    words.seen(form.date(finding.firstSeenAt)),
    ...(finding.regressions > 0 ? [words.regressions(finding.regressions)] : []),
    owner,
  ]
  // Who is on duty for the first time decides it as well: why it matters and what to do, until it is decided.
  const whys = [
    ...(told.why === '' ? [] : [`*${words.ask.why}*: ${line(told.why, 500)}`]),
    ...(told.fix === '' ? [] : [`*${words.ask.fix}*: ${advice(told.fix, 1_200)}`]),
  ]
  const closing: KnownBlock[] = decision
    ? [section(`✅ ${decision}`)]
    : isOpen(review)
      ? [...(whys.length > 0 ? [context(whys.join('\n'))] : []), buttonsOf(item, review.id, env)]
      : [context(`⏭️ ${words.review.undecided}`)]
  return {
    text: `${n}. ${line(told.title, 150)}: ${line(shortName(finding), 200)}${decision ? ` ✅ ${decision}` : ''}`,
    blocks: [section(`${title}\n*${line(shortName(finding), 200)}*: ${line(told.says, 800)}`), context(small.join(' · ')), ...closing],
  }
}

function ownerName(owner: { name: string; kind: string }, env: DutyEnv, form: ReturnType<typeof slackDutyForm>): string {
  return owner.kind === 'person' ? form.name(namedBy(env.people)(owner.name)) : line(owner.name, 80)
}

function buttonsOf({ n, finding }: ReviewItem, review: string, env: DutyEnv): ActionsBlock {
  const words = dutyWords(houseLocale(env))
  const value = { review, item: String(n) }
  const runbook = tellingOf(env.catalog).runbookOf(finding.check)
  const sure = { text: `${words.buttons.fixSure} (${runbook ?? ''})`, yes: words.decision.fix, no: words.buttons.cancel }
  return actions([
    dutyButtonOf('ask', { words: words.decision.ask, value, style: 'primary' }),
    ...(runbook === null ? [] : [dutyButtonOf('fix', { words: words.decision.fix, value, sure })]),
    dutyButtonOf('mute', { words: words.decision.mute, value }),
    dutyButtonOf('wrong', { words: words.decision.wrong, value }),
    dutyButtonOf('later', { words: words.decision.later, value }),
  ])
}
