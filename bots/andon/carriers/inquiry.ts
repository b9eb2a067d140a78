import { localText, offsetText, zonedOf } from '../../../core/calendar.ts'
import type { CarrierConfig } from '../../../core/catalog/schema-andon.ts'
import type { RangeReading } from '../andon.ts'

/** What an inquiry tells. Absent is left out, rather than guessed. */
export interface InquiryFacts {
  /** What they need to know, in words fit for outside. */
  symptom: string
  /** Epoch ms. */
  from: number | null
  /** Null: it goes on. */
  until: number | null
  /** The reading of the customers concerned. */
  range: RangeReading | null
  /** What we call it, in words. */
  component: string | null
  /** Their number of an earlier inquiry. */
  ticket: string | null
  /** Ours: so that an answer finds its way back. */
  reference: string
  sender: string
}

/**
 * The text of an inquiry: `own` words or template, else ours in the language of the carrier. Pure. Placeholders `{symptom}`,
 * `{from}`, `{until}`, `{range}`, `{component}`, `{ticket}`, `{sender}` are filled once: what stands in a value stays as it is.
 */
export function inquiryText(carrier: CarrierConfig, facts: InquiryFacts, own?: string): string {
  const values = valuesOf(carrier, facts)
  const template = own ?? carrier.template
  if (template !== undefined) return template.replace(/\{(\w+)\}/g, (whole, key: string) => (key in values ? values[key] || '-' : whole))
  return (carrier.locale === 'ja' ? japanese : english)(carrier, facts, values)
}

function valuesOf({ locale, zone }: CarrierConfig, facts: InquiryFacts): Record<string, string> {
  const goesOn = locale === 'ja' ? '継続中' : 'still going on'
  return {
    symptom: facts.symptom,
    from: facts.from === null ? '' : timeText(facts.from, zone),
    until: facts.until === null ? goesOn : timeText(facts.until, zone),
    range: linesText(facts.range, locale),
    component: facts.component ?? '',
    ticket: facts.ticket ?? '',
    sender: facts.sender,
    reference: facts.reference,
  }
}

/** How many, and no more: how many customers there are in all, and whose, is nobody's business outside. */
function linesText(range: RangeReading | null, locale: CarrierConfig['locale']): string {
  if (range === null || range.count === null) return ''
  const n = range.count.toLocaleString('en-US')
  const sure = range.confidence === 'high'
  if (locale === 'ja') return `${sure ? '' : '約'}${n}回線`
  return `${sure ? '' : 'about '}${n} ${range.count === 1 ? 'line' : 'lines'}`
}

/** `2026-11-20 10:20 (UTC+9)`: nobody has to reckon, and nobody can take it for another zone. */
const timeText = (at: number, zone: string) => `${localText(at, zone).replace('T', ' ')} (${offsetText(zonedOf(at, zone).offsetMinutes)})`

/** The first line, short enough for a subject. */
const subjectOf = (symptom: string) => {
  const [line = ''] = symptom.split('\n')
  const points = [...line.trim()]
  return points.length > 60 ? `${points.slice(0, 59).join('')}…` : points.join('')
}

type Write = (carrier: CarrierConfig, facts: InquiryFacts, values: Record<string, string>) => string

const english: Write = ({ name }, { symptom }, v) =>
  [
    `Subject: Possible fault: ${subjectOf(symptom)}`,
    '',
    `Dear ${name} team,`,
    '',
    'we see a fault that may have to do with your side, and would be glad of your help.',
    '',
    ...rows([
      ['What we see', v.symptom],
      ['Since', v.from],
      ['Until', v.until],
      ['Affected', v.range],
      ['Our service', v.component],
      ['Your ticket', v.ticket],
      ['Our reference', v.reference],
    ]),
    '',
    'Could you please tell us:',
    '1. Is there a fault, or planned work, on your side in this time?',
    '2. If so, when do you expect it to end?',
    '3. Your ticket number, so that we can refer to it.',
    '',
    'Kind regards,',
    v.sender,
  ].join('\n')

const japanese: Write = ({ name }, { symptom }, v) =>
  [
    `件名: 【お問い合わせ】障害の可能性について(${subjectOf(symptom)})`,
    '',
    `${name} ご担当者様`,
    '',
    'いつもお世話になっております。',
    '以下の事象を確認しております。貴社側の状況をご確認いただけますでしょうか。',
    '',
    ...[
      ['事象', v.symptom],
      ['発生日時', v.from],
      ['終了日時', v.until],
      ['影響', v.range],
      ['当社サービス', v.component],
      ['貴社受付番号', v.ticket],
      ['当社管理番号', v.reference],
    ].flatMap(([label, value]) => (value ? [`■ ${label}: ${value}`] : [])),
    '',
    'お手数ですが、次の点をご教示ください。',
    '1. 上記時間帯における貴社側の障害または計画作業の有無',
    '2. 障害の場合は、復旧見込み',
    '3. 受付番号',
    '',
    'どうぞよろしくお願いいたします。',
    v.sender,
  ].join('\n')

const rows = (pairs: [string, string | undefined][]) =>
  pairs.flatMap(([label, value]) => (value ? [`${`${label}:`.padEnd(15)}${value}`] : []))
