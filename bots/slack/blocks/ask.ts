import type { KnownBlock } from '@slack/types'
import type { Finding } from '../../../guardians/desk.ts'
import { shortName } from '../../../guardians/say.ts'
import type { Locale } from '../../andon/andon.ts'
import { dutyWords, tellingOf } from '../../duty/words.ts'
import { namedBy, slackDutyForm } from '../duty.ts'
import type { Told } from '../message.ts'
import { advice, line, said } from './escape.ts'
import type { Rendered } from './form.ts'
import { actions, context, header, section } from './parts.ts'
import { type DutyEnv, dutyButtonOf } from './review.ts'

/** What one owner is asked. */
interface Asked {
  ask: string
  /** The newest of what happened to it. */
  event: Told
}

/** The evidence, why it matters, what to do, by when; below it the buttons, or how it ended. */
export function askCard(finding: Finding, { ask, event }: Asked, locale: Locale, env: DutyEnv): Rendered {
  const words = dutyWords(locale).ask
  const form = slackDutyForm(locale, env.people)
  const named = namedBy(env.people)
  const told = tellingOf(env.catalog).tell(finding, locale)
  const now = finding.ask?.id === ask ? finding.ask : null
  const what = `*${line(shortName(finding), 200)}* · ${line(told.title, 150)}`
  const evidence = [
    `${words.evidence}: ${line(told.says, 800)}`,
    line(`${finding.check} · ${finding.resource} · ${finding.account} ${finding.region}`, 500),
    ...(finding.savings ? [`${form.money(finding.savings.usdPerMonth)} ${dutyWords(locale).perMonth}`] : []),
  ]
  const head: KnownBlock[] = [
    header(`🛡️ ${words.title}`),
    section([what, ...evidence].join('\n')),
    ...(told.why === '' ? [] : [section(`*${words.why}*: ${line(told.why, 800)}`)]),
    ...(told.fix === '' ? [] : [section(`*${words.fix}*: ${advice(told.fix)}`)]),
  ]
  const from = now ? [section(`${words.from(form.name(named(now.by)))} ${words.via[now.via]}`)] : []
  const spoken = now?.words ? [section(`💬 ${words.words(form.name(named(now.by)), said(now.words, 1_500))}`)] : []
  return {
    text: `🛡️ ${words.title}: ${line(shortName(finding), 200)}, ${line(told.title, 150)}`,
    blocks: [...head, ...from, ...spoken, ...closing(finding, { ask, event }, locale, env)],
  }
}

function closing(finding: Finding, { ask, event }: Asked, locale: Locale, env: DutyEnv): KnownBlock[] {
  const all = dutyWords(locale)
  const words = all.ask
  const form = slackDutyForm(locale, env.people)
  const named = namedBy(env.people)
  if (event.kind === 'finding.ask-closed' || (finding.status === 'fixed' && finding.ask?.id === ask))
    return [section(`✅ ${words.fixed(form.moment(finding.fixed?.at ?? event.at))}`)]
  const now = finding.ask?.id === ask && finding.status === 'asked' ? finding.ask : null
  if (!now) {
    const why =
      finding.status === 'muted'
        ? words.muted
        : finding.status === 'wrong'
          ? words.wrong
          : finding.ask && finding.status === 'asked'
            ? words.anew(form.name(named(finding.ask.to)))
            : words.over
    return [context(why)]
  }
  const { answer } = now
  const answered = answer
    ? [
        context(
          `${words.answered(all.answer[answer.kind], form.name(named(answer.by)), form.moment(answer.at))}${answer.words ? ` — ${line(answer.words, 500)}` : ''}`,
        ),
        context(words.thanks[answer.kind]),
      ]
    : []
  const value = { finding: finding.id, ask }
  const given = (kind: 'will-do' | 'done' | 'not-mine' | 'disagree') => answer?.kind !== kind
  const kinds = (['will-do', 'done', 'not-mine', 'disagree'] as const).filter(given)
  return [
    context(`⏰ ${words.due(form.date(now.dueAt))}`),
    ...answered,
    actions(
      kinds.map((kind) => dutyButtonOf(kind, { words: all.answer[kind], value, ...(kind === 'will-do' ? { style: 'primary' } : {}) })),
    ),
  ]
}

/** Said below the card; null: this says nothing. */
export function askSaid(finding: Finding, { kind, at, data }: Told, locale: Locale, { catalog }: Pick<DutyEnv, 'catalog'>): string | null {
  const words = dutyWords(locale).ask
  const form = slackDutyForm(locale, { configured: () => null })
  const what = line(`${shortName(finding)} (${tellingOf(catalog).tell(finding, locale).title})`, 300)
  switch (kind) {
    case 'finding.reminded': {
      const due = form.date(typeof data.dueAt === 'number' ? data.dueAt : at)
      return data.overdue === true ? words.overdueReminder(what, due) : words.reminder(what, due)
    }
    case 'finding.ask-unconfirmed':
      return words.unconfirmed(what, form.moment(at))
    case 'finding.ask-closed':
      return words.closed(what)
    default:
      return null
  }
}
