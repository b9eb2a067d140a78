import type { Guardian } from '../../guardians/define.ts'
import type { Report } from '../../guardians/report.ts'
import { type Locale, savingsTotal, severities, shortName, teller, worstFirst } from '../../guardians/say.ts'
import { cut, filled, plain, widthOf, wrap } from '../andon/width.ts'
import type { Paint } from '../render.ts'

/** A report for a terminal: by severity and check, worst first, and before it what was not looked at. Pure. */
export function reportTable(
  report: Report,
  guardians: readonly Guardian[],
  how: { paint: Paint; columns: number; locale: Locale },
): string {
  const { paint, columns, locale } = how
  const words = texts[locale]
  const tell = teller(guardians)
  const findings = worstFirst(report.findings)
  const lines = [...holes(report, how)]
  for (const severity of severities) {
    const some = findings.filter((finding) => finding.severity === severity)
    if (some.length === 0) continue
    lines.push('', paint(colours[severity], `${words[severity]} (${some.length})`))
    let check = ''
    const width = Math.min(32, Math.max(...some.map((finding) => widthOf(plain(shortName(finding))))))
    let shown = 0
    for (const finding of some) {
      const told = tell(finding, locale)
      if (finding.check !== check) {
        check = finding.check
        shown = 0
        lines.push(
          '',
          `  ${paint('bold', told.title)}  ${paint('gray', check)}`,
          ...wrap(told.fix, columns - 4).map((line) => `    ${line}`),
        )
      }
      shown += 1
      const all = some.filter((one) => one.check === check).length
      if (shown > shownMax) {
        if (shown === shownMax + 1) lines.push(paint('gray', `    ${words.more(all - shownMax)}`))
        continue
      }
      const money = finding.savings ? `  $${finding.savings.usdPerMonth}` : ''
      lines.push(cut(`    ${filled(plain(shortName(finding)), width)}  ${plain(told.says)}${money}`, columns))
    }
  }
  return [...lines, '', summary(report, how)].join('\n')
}

/** Of one check in a terminal; the rest is in the other forms. */
const shownMax = 10
const colours = { high: 'red', medium: 'yellow', low: 'cyan' } as const

function holes({ unknown }: Report, { paint, columns, locale }: { paint: Paint; columns: number; locale: Locale }): string[] {
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
    ...[...byMissing].map(([missing, { checks, where }]) =>
      cut(`  ${plain(missing)}  ${paint('gray', words.concerns([...checks], where.size))}`, columns),
    ),
  ]
}

/** One sentence at the end: it is what is seen first after a long list. */
function summary({ findings, coverage, unknown, cost }: Report, { paint, locale }: { paint: Paint; locale: Locale }): string {
  const words = texts[locale]
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length
  const looked = coverage.reduce((sum, one) => sum + one.looked, 0)
  const told = words.summary({ high: count('high'), medium: count('medium'), low: count('low'), looked, usd: savingsTotal(findings) })
  const level = count('high') > 0 ? 'red' : findings.length > 0 || unknown.length > 0 ? 'yellow' : 'green'
  return `${paint(level, told)}\n${paint('gray', words.cost(cost.calls, cost.usd))}`
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
    more: (count: number) => `... and ${n(count)} more (--json, --html FILE)`,
    holes: 'Not looked at: nothing can be said here, and nothing is closed',
    concerns: (checks: readonly string[], places: number) =>
      `${checks.slice(0, 3).join(', ')}${checks.length > 3 ? ` and ${checks.length - 3} more checks` : ''}, in ${places} ${places === 1 ? 'place' : 'places'}`,
    summary: ({ high, medium, low, looked, usd }: Sums) =>
      `${n(high)} high, ${n(medium)} medium, ${n(low)} low, of ${n(looked)} looked at${usd > 0 ? `; $${n(usd)} a month could be saved` : ''}`,
    cost: (calls: number, usd: number) => `${n(calls)} calls, $${usd.toFixed(4)}`,
  },
  ja: {
    high: '高',
    medium: '中',
    low: '低',
    more: (count: number) => `... 他 ${n(count)} 件 (--json, --html FILE)`,
    holes: '確認できなかったもの: ここについては何も言えず、何も解決済みにしません',
    concerns: (checks: readonly string[], places: number) =>
      `${checks.slice(0, 3).join(', ')}${checks.length > 3 ? ` 他 ${checks.length - 3} チェック` : ''}・${places} か所`,
    summary: ({ high, medium, low, looked, usd }: Sums) =>
      `高 ${n(high)}・中 ${n(medium)}・低 ${n(low)} (確認 ${n(looked)} 件)${usd > 0 ? `・月 $${n(usd)} 節約できる見込み` : ''}`,
    cost: (calls: number, usd: number) => `API ${n(calls)} 回・$${usd.toFixed(4)}`,
  },
} as const
