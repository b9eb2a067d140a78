import type { KnownBlock } from '@slack/types'
import type { Andon, Locale, Person, RangeReading } from '../../andon/andon.ts'
import type { People } from '../../andon/people.ts'
import { type Form, formOf } from '../../andon/words/form.ts'
import { rangeText } from '../../andon/words/range.ts'
import { tellEn } from '../../andon/words/tell-en.ts'
import { tellJa } from '../../andon/words/tell-ja.ts'
import { type Tellable, tellable, wordsOf } from '../../andon/words.ts'
import { line, said } from './escape.ts'

/** What every block is made from. */
export interface BlockEnv {
  /** Of whoever reads it: of the room, or of one person. */
  locale: Locale
  /** Epoch ms. */
  now: number
  /** Whose Slack id is known is named by it, so that a tap leads to them. */
  people?: Pick<People, 'configured'>
}

export interface Rendered {
  /** For notifications, and for screens that show no blocks. Escaped like mrkdwn. */
  text: string
  blocks: KnownBlock[]
}

const styles = { time: '{time}', exact: '{time_secs}', date: '{date_short}', moment: '{date_short_pretty} {time}' } as const

/** A time as Slack shows it to each reader in their own zone; `plain` (UTC) where it cannot. */
const slackDate = (at: number, style: keyof typeof styles, plain: string) =>
  `<!date^${Math.floor(at / 1_000)}^${styles[style]}|${plain}${style === 'date' ? '' : ' UTC'}>`

/** Times as Slack's, spans and numbers as ours. What comes out may stand in mrkdwn; names and texts are to be escaped before. */
export function slackForm(locale: Locale): Form {
  const form = formOf(locale)
  return {
    ...form,
    time: (at) => slackDate(at, 'time', form.time(at)),
    exact: (at) => slackDate(at, 'exact', form.exact(at)),
    date: (at) => slackDate(at, 'date', form.date(at)),
    moment: (at) => slackDate(at, 'moment', form.moment(at)),
    name: (person) => line(form.name(person), 80),
    text: (written) => line(written),
  }
}

/** Somebody, so that a tap leads to them when their Slack id is known. It notifies them only where a message is posted, not where one is changed. */
export function who(person: Person, { locale, people }: Pick<BlockEnv, 'locale' | 'people'>): string {
  const slack = slackIdOf(person, people)
  return slack ? `<@${slack}>` : slackForm(locale).name(person)
}

export function slackIdOf({ id }: Person, people?: Pick<People, 'configured'>): string | null {
  const own = /^slack:([UW][A-Z0-9]+)$/.exec(id)?.[1]
  return own ?? people?.configured(id)?.slack ?? null
}

/** Times travel through the sentence as these, so that the whole sentence can be escaped, whatever it names. */
const marked = (style: keyof typeof styles) => (at: number) => `\ue000${Math.round(at)}${style}\ue001`
const mark = /\ue000(\d{1,16})(time|exact|date|moment)\ue001/g

/** One sentence of the timeline, for mrkdwn; null when its kind tells people nothing. At most `max` characters without its times. */
export function sentence({ kind, data }: Tellable, locale: Locale, max = 2_000): string | null {
  if (!tellable(kind)) return null
  const plain = formOf(locale)
  const form: Form = { ...plain, time: marked('time'), exact: marked('exact'), date: marked('date'), moment: marked('moment') }
  const tell = (locale === 'ja' ? tellJa : tellEn)[kind] as (data: unknown, form: unknown) => string
  const told = tell(data, { ...form, range: (reading: RangeReading) => rangeText(reading, form) })
  return said(told, max).replace(mark, (_, at: string, style: keyof typeof styles) =>
    slackDate(Number(at), style, plain[style](Number(at))),
  )
}

export const rangeLine = (reading: RangeReading, locale: Locale): string => {
  const form = slackForm(locale)
  return rangeText(reading, form)
}

const dots = { yellow: '🟡', red: '🔴', resolved: '🟢' } as const

/** `🧪 DRILL · 🔴 Red · session-gw`; not escaped. */
export function titleOf(andon: Andon, locale: Locale): string {
  const words = wordsOf(locale)
  const { status } = andon.state
  return [
    ...(andon.drill ? [`🧪 ${words.card.drill}`] : []),
    ...(andon.private ? [`🔒 ${words.card.private}`] : []),
    `${dots[status]} ${words.status[status]}`,
    ...(andon.component ? [andon.component.id] : []),
  ].join(' · ')
}
