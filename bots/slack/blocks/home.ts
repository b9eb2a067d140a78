import type { HomeView, KnownBlock } from '@slack/types'
import type { Finding } from '../../../guardians/desk.ts'
import { shortName } from '../../../guardians/say.ts'
import type { Andon, KaizenItem, Lane, Locale } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { dutyWords } from '../../duty/words.ts'
import { namedBy, slackDutyForm } from '../duty.ts'
import { summaryOf } from './card.ts'
import { line } from './escape.ts'
import { type BlockEnv, slackForm } from './form.ts'
import { actions, button, context, divider, header, lines, section } from './parts.ts'
import { dutyButtonOf } from './review.ts'

export interface HomeFacts {
  /** Open andons that this person may see, newest first. */
  open: readonly Andon[]
  /** Open lanes that they own. */
  lanes: readonly { andon: Andon; lane: Lane }[]
  /** Kaizen items that wait for them. */
  asks: readonly { andon: Andon; item: KaizenItem }[]
  duty: readonly { schedule: string; person: string; until: number | null }[]
  /** Findings that they are asked about. */
  findings?: readonly { finding: Finding; title: string }[]
  /** Who goes through the findings; absent: nobody is drawn here. Person ids. */
  review?: { week: readonly string[] | null; next: readonly string[] | null; nextAt: number | null; mine: boolean }
}

const shown = { open: 10, lanes: 10, asks: 10, duty: 8 }

/** The App Home of one person: a big button, and what concerns them. */
export function homeOf({ open, lanes: mine, asks, duty, findings = [], review }: HomeFacts, env: BlockEnv): HomeView {
  const { locale } = env
  const words = wordsOf(locale)
  const form = slackForm(locale)
  const part = (title: string, none: string, body: KnownBlock[]): KnownBlock[] => [
    divider,
    section(`*${title}*`),
    ...(body.length > 0 ? body : [context(none)]),
  ]
  const rest = (count: number, max: number) => (count > max ? [context(words.card.more(count - max))] : [])
  return {
    type: 'home',
    blocks: [
      header(words.home.title),
      section(words.help.title),
      actions([button('pull', null, locale, { style: 'danger' })]),
      ...part(words.home.open, words.home.noneOpen, [
        ...open.slice(0, shown.open).map((andon) => section(summaryOf(andon, env), button('join', { id: andon.id }, locale))),
        ...rest(open.length, shown.open),
      ]),
      ...part(words.home.myLanes, words.home.noLanes, [
        ...mine
          .slice(0, shown.lanes)
          .map(({ andon, lane }) => section(laneLine(andon, lane, locale), button('lane-report', { id: andon.id, lane: lane.id }, locale))),
        ...rest(mine.length, shown.lanes),
      ]),
      ...part(words.home.myAsks, words.home.noAsks, [
        ...findings.slice(0, shown.asks).map((one) => findingLine(one, locale)),
        ...rest(findings.length, shown.asks),
        ...asks
          .slice(0, shown.asks)
          .map(({ andon, item }) =>
            section(
              `${line(item.text, 300)}${item.dueAt === null ? '' : ` — ${form.date(item.dueAt)}`}`,
              button('kaizen-done', { id: andon.id, item: item.id }, locale),
            ),
          ),
        ...rest(asks.length, shown.asks),
      ]),
      ...part(words.home.duty, words.home.nobodyOnDuty, [
        ...(duty.length === 0
          ? []
          : [
              section(
                lines(
                  duty,
                  shown.duty,
                  ({ schedule, person, until }) =>
                    `${line(schedule, 80)}: ${until === null ? line(person, 80) : words.home.dutyUntil(line(person, 80), form.moment(until))}`,
                  locale,
                ).join('\n'),
              ),
            ]),
        ...(review ? reviewDuty(review, env) : []),
      ]),
    ],
  }
}

function findingLine({ finding, title }: { finding: Finding; title: string }, locale: Locale): KnownBlock {
  const words = dutyWords(locale)
  const due = finding.ask ? ` — ${words.ask.due(slackForm(locale).date(finding.ask.dueAt))}` : ''
  const answered = finding.ask?.answer ? ` · ${words.answer[finding.ask.answer.kind]}` : ''
  const text = `*${line(shortName(finding), 150)}* · ${line(title, 150)}${due}${answered}`
  const value = { finding: finding.id, ask: finding.ask?.id ?? '' }
  return section(text, dutyButtonOf('done', { words: words.answer.done, value }))
}

function reviewDuty({ week, next, nextAt, mine }: NonNullable<HomeFacts['review']>, { locale, people }: BlockEnv): KnownBlock[] {
  const words = dutyWords(locale)
  const known = people ?? { configured: () => null }
  const form = slackDutyForm(locale, known)
  const names = (ids: readonly string[]) => (ids.length === 0 ? words.nobody : form.names(ids.map(namedBy(known))))
  const said = [
    week ? words.home.onDuty(names(week)) : words.home.noDuty,
    ...(next ? [words.home.next(names(next))] : nextAt === null ? [] : [words.home.nextAt(form.moment(nextAt))]),
  ]
  const swap = mine ? [dutyButtonOf('swap', { words: words.buttons.swap })] : []
  return [section(said.join('\n')), actions([...swap, dutyButtonOf('absent', { words: words.buttons.absent })])]
}

function laneLine(andon: Andon, { title, dueAt }: Lane, locale: Locale): string {
  const words = wordsOf(locale)
  const due = dueAt === null ? '' : `, ${words.card.laneDue(slackForm(locale).time(dueAt))}`
  return `*${line(title, 80)}*${due}\n${line(andon.text, 160)}`
}
