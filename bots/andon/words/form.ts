import { localText, zonedOf } from '../../../core/calendar.ts'
import type { Locale, Person } from '../andon.ts'

/** How times, spans, numbers and names are written in a language and a zone. Times are epoch ms. */
export interface Form {
  locale: Locale
  zone: string
  /** `10:32`. */
  time(at: number): string
  /** `10:32:07`. */
  exact(at: number): string
  /** `2026-11-20`. */
  date(at: number): string
  /** `2026-11-20 10:32`. */
  moment(at: number): string
  /** `4 min 10 s`, `1 h 5 min`, `2 d 3 h`; two parts at most. */
  span(ms: number): string
  /** `12,400`. */
  number(n: number): string
  /** `Aki`; in Japanese `Akiさん`, but for machines. */
  name(person: Person): string
  /** What somebody wrote, as it stands in a sentence. */
  text(written: string): string
}

export interface FormOptions {
  /** IANA; UTC unless told. */
  zone?: string
  /** Shortens or flattens what people wrote; as it is unless told. */
  text?(written: string): string
}

const units = {
  en: { d: ' d', h: ' h', min: ' min', s: ' s', gap: ' ' },
  ja: { d: '日', h: '時間', min: '分', s: '秒', gap: '' },
}

export function formOf(locale: Locale, { zone = 'UTC', text = (written) => written }: FormOptions = {}): Form {
  const date = (at: number) => localText(at, zone).slice(0, 10)
  const time = (at: number) => localText(at, zone).slice(11)
  return {
    locale,
    zone,
    time,
    exact: (at) => `${time(at)}:${String(zonedOf(at, zone).second).padStart(2, '0')}`,
    date,
    moment: (at) => `${date(at)} ${time(at)}`,
    span: (ms) => spanText(ms, locale),
    number: (n) => n.toLocaleString('en-US'),
    name: (person) => (locale === 'ja' && !isMachine(person) ? `${person.name}さん` : person.name),
    text,
  }
}

const isMachine = ({ id }: Person) => id === 'jidoka' || id.startsWith('token:')

function spanText(ms: number, locale: Locale): string {
  const { d, h, min, s, gap } = units[locale]
  const total = Math.max(0, Math.round(ms / 1_000))
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), d],
    [Math.floor(total / 3_600) % 24, h],
    [Math.floor(total / 60) % 60, min],
    [total % 60, s],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return `0${s}`
  return parts
    .slice(first, first + 2)
    .flatMap(([n, unit]) => (n > 0 ? [`${n}${unit}`] : []))
    .join(gap)
}
