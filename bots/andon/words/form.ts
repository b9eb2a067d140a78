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
  const clock = partsIn(zone)
  const date = (at: number) => (({ year, month, day }) => `${year}-${month}-${day}`)(clock(at))
  const time = (at: number) => (({ hour, minute }) => `${hour}:${minute}`)(clock(at))
  return {
    locale,
    zone,
    time,
    exact: (at) => `${time(at)}:${clock(at).second}`,
    date,
    moment: (at) => `${date(at)} ${time(at)}`,
    span: (ms) => spanText(ms, locale),
    number: (n) => n.toLocaleString('en-US'),
    name: (person) => (locale === 'ja' && !isMachine(person) ? `${person.name}さん` : person.name),
    text,
  }
}

const isMachine = ({ id }: Person) => id === 'jidoka' || id.startsWith('token:')

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'
const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs far more than using it: one is kept per zone, of which there are few. */
function partsIn(zone: string): (at: number) => Record<Part, string> {
  const known = formats.get(zone)
  const format =
    known ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
  if (!known) formats.set(zone, format)
  return (at) => Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value])) as Record<Part, string>
}

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
