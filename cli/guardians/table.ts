import type { Guardian } from '../../guardians/define.ts'
import type { Report, ReportedFinding } from '../../guardians/report.ts'
import { type Locale, moneyText, monthly, placeText, savingsTotal, severities, shortName, teller, worstFirst } from '../../guardians/say.ts'
import { filled, plain, widthOf, wrap } from '../andon/width.ts'
import type { Paint } from '../render.ts'

interface How {
  paint: Paint
  columns: number
  locale: Locale
}

/** A report for a terminal: by severity and check, worst first, and before it what was not looked at. Nothing is cut off. Pure. */
export function reportTable(report: Report, guardians: readonly Guardian[], how: How): string {
  const words = texts[how.locale]
  const tell = teller(guardians)
  const findings = worstFirst(report.findings)
  const place = placesOf(findings, how.locale)
  const lines = [...holes(report, how)]
  for (const severity of severities) {
    const some = findings.filter((finding) => finding.severity === severity)
    if (some.length === 0) continue
    lines.push('', how.paint(colours[severity], `${words[severity]} (${some.length})`))
    for (const [check, all] of Map.groupBy(some, (finding) => finding.check)) {
      const { title, fix } = tell(all[0] as ReportedFinding, how.locale)
      lines.push('', ...heading(title, check, how))
      lines.push(...rows(all.slice(0, shownMax), (finding) => tell(finding, how.locale).says, place, how))
      if (all.length > shownMax) lines.push(how.paint('gray', `    ${words.more(all.length - shownMax)}`))
      lines.push(...wrap(`${words.fix}${fix}`, how.columns - 4).map((line) => how.paint('gray', `    ${line}`)))
    }
  }
  return [...lines, '', summary(report, how)].join('\n')
}

/** Of one check in a terminal; the rest is in the other forms. */
const shownMax = 10
const nameColumns = 32

const heading = (title: string, check: string, { paint, columns }: How): string[] =>
  widthOf(title) + widthOf(check) + 4 <= columns
    ? [`  ${paint('bold', title)}  ${paint('gray', check)}`]
    : [...wrap(title, columns - 2).map((line) => `  ${paint('bold', line)}`), `  ${paint('gray', check)}`]

type Places = (finding: ReportedFinding) => string | null

/** Where it is, as far as that tells one finding from another. */
function placesOf(findings: readonly ReportedFinding[], locale: Locale): Places {
  const ofAws = findings.filter(({ account }) => account !== 'platform')
  const accounts = new Set(ofAws.map(({ account }) => account))
  const regions = new Set(ofAws.flatMap(({ region }) => (region === 'global' ? [] : region)))
  if (accounts.size > 1) return (finding) => placeText(finding, locale)
  return regions.size > 1 ? ({ account, region }) => (account === 'platform' ? null : region) : () => null
}

/** Name, what is so, what it costs, where it is, whose it is. A name that is too long for its column has a line of its own. */
function rows(findings: readonly ReportedFinding[], says: (finding: ReportedFinding) => string, place: Places, how: How): string[] {
  const { columns, locale } = how
  const width = Math.min(nameColumns, Math.max(...findings.map((finding) => widthOf(plain(shortName(finding))))))
  return findings.flatMap((finding) => {
    const cost = monthly(finding)
    const where = place(finding)
    const told = [
      plain(says(finding)),
      ...(cost === null ? [] : [texts[locale].monthly(cost)]),
      ...(where === null ? [] : [where]),
      ...(finding.owner === null ? [] : [plain(finding.owner)]),
    ].join(' · ')
    const name = plain(shortName(finding))
    const lines = wrap(told, columns - width - 6)
    const indent = ' '.repeat(width + 6)
    if (widthOf(name) > width) return [...wrap(name, columns - 4).map((line) => `    ${line}`), ...lines.map((line) => `${indent}${line}`)]
    return lines.map((line, at) => (at === 0 ? `    ${filled(name, width)}  ${line}` : `${indent}${line}`))
  })
}

const colours = { high: 'red', medium: 'yellow', low: 'cyan' } as const

function holes({ unknown }: Report, { paint, columns, locale }: How): string[] {
  if (unknown.length === 0) return []
  const words = texts[locale]
  const byMissing = new Map<string, { checks: Set<string>; where: Set<string> }>()
  for (const { missing, check, account, region } of unknown) {
    const one = byMissing.get(missing) ?? { checks: new Set(), where: new Set() }
    one.checks.add(check)
    one.where.add(`${account} ${region}`)
    byMissing.set(missing, one)
  }
  return [
    paint('yellow', words.holes),
    ...[...byMissing].flatMap(([missing, { checks, where }]) => [
      ...wrap(plain(missing), columns - 2).map((line) => `  ${line}`),
      ...wrap(words.concerns([...checks], where.size), columns - 6).map((line) => paint('gray', `      ${line}`)),
    ]),
  ]
}

/** One sentence at the end: it is what is seen first after a long list. */
function summary({ findings, coverage, unknown, cost }: Report, { paint, columns, locale }: How): string {
  const words = texts[locale]
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length
  const looked = coverage.reduce((sum, one) => sum + one.looked, 0)
  const told = words.summary({ high: count('high'), medium: count('medium'), low: count('low'), looked, usd: savingsTotal(findings) })
  const level = count('high') > 0 ? 'red' : findings.length > 0 || unknown.length > 0 ? 'yellow' : 'green'
  return [...wrap(told, columns).map((line) => paint(level, line)), paint('gray', words.cost(cost.calls, cost.usd))].join('\n')
}

interface Sums {
  high: number
  medium: number
  low: number
  looked: number
  usd: number
}
const n = (value: number) => value.toLocaleString('en-US')

const texts = {
  en: {
    high: 'High',
    medium: 'Medium',
    low: 'Low',
    fix: 'What to do: ',
    monthly: (cost: string) => `${cost} a month`,
    more: (count: number) => `... and ${n(count)} more (--json, --html FILE)`,
    holes: 'Not looked at: nothing can be said here, and nothing is closed',
    concerns: (checks: readonly string[], places: number) =>
      `${checks.slice(0, 5).join(', ')}${checks.length > 5 ? `, and ${checks.length - 5} more` : ''}; in ${places} ${places === 1 ? 'place' : 'places'}`,
    summary: ({ high, medium, low, looked, usd }: Sums) =>
      `${n(high)} high, ${n(medium)} medium, ${n(low)} low, of ${n(looked)} looked at${usd > 0 ? `; ${moneyText(usd)} a month could be saved` : ''}`,
    cost: (calls: number, usd: number) => `${n(calls)} calls, $${usd.toFixed(4)}`,
  },
  ja: {
    high: '高',
    medium: '中',
    low: '低',
    fix: '対処：',
    monthly: (cost: string) => `月 ${cost}`,
    more: (count: number) => `... 他 ${n(count)} 件 (--json, --html FILE)`,
    holes: '確認できなかったもの: ここについては何も言えず、何も解決済みにしません',
    concerns: (checks: readonly string[], places: number) =>
      `${checks.slice(0, 5).join(', ')}${checks.length > 5 ? ` 他 ${checks.length - 5} チェック` : ''}・${places} か所`,
    summary: ({ high, medium, low, looked, usd }: Sums) =>
      `高 ${n(high)}・中 ${n(medium)}・低 ${n(low)} (確認 ${n(looked)} 件)${usd > 0 ? `・月 ${moneyText(usd)} 節約できる見込み` : ''}`,
    cost: (calls: number, usd: number) => `API ${n(calls)} 回・$${usd.toFixed(4)}`,
  },
} as const
