import { shortName } from '../../guardians/say.ts'
import type { Locale } from '../andon/andon.ts'
import { code, md } from '../andon/review/markdown.ts'
import { isOpen, type Review, type ReviewItem } from './review.ts'
import { type DutyForm, dutyForm } from './words/form.ts'
import { decisionLine, dutyWords, factLines, type NameOf, type Telling } from './words.ts'

interface MinutesOptions {
  locale: Locale
  /** IANA, of the times in it. */
  zone: string
  named: NameOf
  tell: Telling['tell']
}

/** The minutes of a review, in Markdown. What people and scans wrote stays words: nothing of it becomes markup. */
export function minutesOf(review: Review, { locale, zone, named, tell }: MinutesOptions): string {
  const words = dutyWords(locale)
  const plain = dutyForm(locale, { zone, text: md })
  const form: DutyForm = { ...plain, name: (person) => md(plain.name(person)) }
  form.names = (people) => people.map(form.name).join(locale === 'ja' ? '、' : ', ')
  const { alarms, lines } = factLines(review.facts, form)
  const decided = review.items.filter(({ decision }) => decision !== null)
  const left = review.items.filter(({ decision }) => decision === null)
  const list = (items: readonly ReviewItem[]) =>
    items.length === 0 ? [words.minutes.none] : items.flatMap((item) => itemLines(item, form, { named, tell }))
  return [
    `# ${words.minutes.title(form.day(review.day))}`,
    '',
    `- ${words.minutes.present}: ${review.people.length === 0 ? words.nobody : form.names(review.people.map(named))}`,
    `- ${words.minutes.time}: ${timeOf(review, form)}`,
    '',
    `## ${words.minutes.facts}`,
    '',
    ...alarms.map((line) => `- **${line}**`),
    ...lines.map((line) => (line.startsWith('– ') ? `  - ${line.slice(2)}` : `- ${line}`)),
    '',
    `## ${words.minutes.decisions}`,
    '',
    ...list(decided),
    '',
    `## ${words.minutes.left}`,
    '',
    ...(isOpen(review) && left.length === 0 ? [words.minutes.none] : list(left)),
    ...(review.waiting > 0 ? ['', words.review.items(review.items.length, review.waiting)] : []),
    '',
  ].join('\n')
}

function timeOf({ openedAt, state }: Review, form: DutyForm): string {
  const words = dutyWords(form.locale)
  if (state.status === 'open') return words.minutes.goesOn(form.time(openedAt))
  return words.minutes.timeText(form.time(openedAt), form.time(state.at), form.span(state.at - openedAt), words.review.how[state.how])
}

function itemLines(item: ReviewItem, form: DutyForm, { named, tell }: Pick<MinutesOptions, 'named' | 'tell'>): string[] {
  const { finding, n, why } = item
  const words = dutyWords(form.locale)
  const told = tell(finding, form.locale)
  const saved = finding.savings ? `, ${form.money(finding.savings.usdPerMonth)} ${words.perMonth}` : ''
  const decision = decisionLine(item, form, named)
  return [
    `${n}. **${md(told.title)}**: ${code(shortName(finding))}, ${md(told.says)} (${words.severity[finding.severity]}, ${words.why[why]}${saved})`,
    `   ${code(finding.check)} ${code(finding.resource)} ${code(`${finding.account} ${finding.region}`)}`,
    ...(decision === null ? [] : [`   - ${decision}`]),
  ]
}
