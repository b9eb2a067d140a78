import type { FindingView } from '../../guardians/findings/wire.ts'
import { shortName } from '../../guardians/say.ts'
import { cut, filled, widthOf, wrap } from '../andon/width.ts'
import { dayTime, type Paint } from '../render.ts'
import { findingWords } from './words.ts'

/** Findings as a terminal shows them. Pure; made for 80 columns, and wider where there are more. */

type Locale = 'en' | 'ja'
const colours = { high: 'red', medium: 'yellow', low: 'gray' } as const
const day = (iso: string) => dayTime(iso).slice(0, 10)
const money = ({ savings }: Pick<FindingView, 'savings'>) =>
  savings && savings.usdPerMonth > 0 ? `$${savings.usdPerMonth.toFixed(2)}/month` : ''

/** Two lines: what is so; then its id, who has it, and where. */
export function findingLines(finding: FindingView, columns: number, paint: Paint, locale: Locale): string[] {
  const { id, severity, account, region, told } = finding
  const name = filled(shortName(finding), 22)
  const says = `${told.title}: ${told.says}`
  const where = [id, stateText(finding, locale), money(finding), `${account} ${region}`].filter(Boolean).join('  ')
  return [
    `${paint(colours[severity], severity.padEnd(6))}  ${name}  ${cut(says, Math.max(20, columns - 32))}`,
    paint('gray', `        ${cut(where, Math.max(20, columns - 8))}`),
  ]
}

function stateText({ status, owner, ask, mute, regressions, fixed }: FindingView, locale: Locale): string {
  const words = findingWords[locale]
  if (status === 'asked' && ask) return `${words.askedOf(ask.to, day(ask.dueAt))}${ask.answer ? ` (${ask.answer.kind})` : ''}`
  if (status === 'muted' && mute) return words.mutedUntil(day(mute.until))
  if (status === 'fixed' && fixed) return words.fixedOn(day(fixed.at))
  return `${words.status[status]}${regressions > 0 ? words.cameBack : ''}${owner ? ` (${owner.name})` : ''}`
}

type Row = [keyof (typeof findingWords)['en']['rows'], string]

/** All that is known of one. */
export function findingStory(finding: FindingView, columns: number, paint: Paint, locale: Locale): string[] {
  const words = findingWords[locale]
  const { id, severity, told, resource, account, region, check, evidence, savings } = finding
  const rows: Row[] = [
    ['what', told.says],
    ['where', `${resource}\n${account} ${region}`],
    ['why', told.why],
    ['fix', told.fix],
    [
      'numbers',
      Object.entries(evidence)
        .filter(([, value]) => !Array.isArray(value) || value.length > 0)
        .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : value}`)
        .join('; '),
    ],
    [
      'savings',
      savings && savings.usdPerMonth > 0
        ? `${money(finding)} (${savings.basis.quantity} ${savings.basis.unit} at $${savings.basis.usd}, ${savings.basis.region}, read ${savings.basis.asOf})`
        : '',
    ],
    ['owner', ownerText(finding, locale)],
    ['state', stateText(finding, locale)],
    ...lifeRows(finding, locale),
    ['seen', words.seen(dayTime(finding.firstSeenAt), dayTime(finding.lastSeenAt), finding.lastRun)],
  ]
  const labels = Math.max(9, ...rows.map(([label]) => widthOf(words.rows[label])))
  const width = Math.max(30, columns - labels - 1)
  const lines = rows.flatMap(([label, text]) =>
    text === ''
      ? []
      : text
          .split('\n')
          .flatMap((part) => wrap(part, width))
          .map((line, at) => `${paint('gray', filled(at === 0 ? words.rows[label] : '', labels))} ${line}`),
  )
  return [`${paint(colours[severity], severity.toUpperCase())} ${paint('bold', told.title)}  ${paint('gray', `${id}  ${check}`)}`, ...lines]
}

function ownerText({ owner }: FindingView, locale: Locale): string {
  const words = findingWords[locale]
  if (!owner) return words.noOwner
  return `${owner.name} (${words.ownerBy[owner.by]}${owner.kind === 'words' ? `; ${words.unconfigured}` : ''})`
}

const spoken = (text: string, words: string | null | undefined) => `${text}${words ? `: ${words}` : ''}`

function lifeRows({ ask, mute, wrong, fix, fixed, regressions, regressedAt }: FindingView, locale: Locale): Row[] {
  const words = findingWords[locale]
  const answer = ask?.answer
  return [
    ['asked', ask ? spoken(words.asked(ask.to, ask.via === 'fallback', ask.by, dayTime(ask.at), day(ask.dueAt)), ask.words) : ''],
    ['answer', answer ? spoken(words.by(answer.kind, answer.by, dayTime(answer.at)), answer.words) : ''],
    ['muted', mute ? spoken(words.muted(dayTime(mute.until), mute.by), mute.reason) : ''],
    ['wrong', wrong ? spoken(words.wrong(wrong.by, dayTime(wrong.at)), wrong.reason) : ''],
    ['runbook', fix ? fixText(fix, locale) : ''],
    ['fixed', fixed ? words.fixed(dayTime(fixed.at), fixed.run) : ''],
    ['back', regressions > 0 && regressedAt ? words.back(regressions, dayTime(regressedAt)) : ''],
  ]
}

function fixText({ runbook, undo, dryRun, by, at, run, ended, said }: NonNullable<FindingView['fix']>, locale: Locale): string {
  const what = `${runbook}${undo ? ', back' : ''}${dryRun ? ' (dry run)' : ''}`
  return spoken(`${findingWords[locale].by(what, by, dayTime(at))}${run ? `, ${run}` : ''}${ended ? ` ${ended}` : ''}`, said)
}
