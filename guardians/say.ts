import type { Evidence, Guardian, Inventory, Severity, Words } from './define.ts'

/** How a finding is told to people: from its check's words and its own evidence. */
export type Locale = 'en' | 'ja'

export interface Told {
  /** Title of the check. */
  title: string
  /** What is so, with the numbers: `gp3, 100 GiB, attached to nothing`. */
  says: string
  why: string
  fix: string
}

/** What people are told of a check; `Guardian` has it, and so has the generated catalogue, which loads no code that looks. */
export interface CheckWords {
  id: string
  title: Words
  why: Words
  fix: Words
  says: Readonly<Record<string, Words>>
}

export type Catalogue = readonly {
  id: string
  title: Words
  checks: readonly (CheckWords & { number: number; severity: Severity; scope: Inventory['scope']; runbook: string | null })[]
}[]

/** What of guardians the catalogue has; for those of the configuration, which are at hand anyway. */
export const wordsOf = (guardians: readonly Guardian[]): Catalogue =>
  guardians.map(({ id, title, checks }) => ({
    id,
    title,
    checks: checks.map((check) => ({
      ...{ id: check.id, number: check.number, severity: check.severity, scope: check.subject.scope, runbook: check.runbook ?? null },
      ...{ title: check.title, why: check.why, fix: check.fix, says: check.says },
    })),
  }))

interface Tellable {
  check: string
  reason: string
  evidence: Evidence
}

/** A teller over the checks of these guardians. A check that is not among them (an older version's) is told by its id and evidence. */
export function teller(guardians: readonly { checks: readonly CheckWords[] }[]): (finding: Tellable, locale: Locale) => Told {
  const checks = new Map<string, CheckWords>(guardians.flatMap((guardian) => guardian.checks.map((check) => [check.id, check])))
  return ({ check: id, reason, evidence }, locale) => {
    const check = checks.get(id)
    const words = check?.says[reason]
    const told = words ? filled(words, evidence, locale) : `${reason}: ${evidenceText(evidence)}`
    if (!check) return { title: id, says: told, why: '', fix: '' }
    return { title: check.title[locale], says: told, why: check.why[locale], fix: check.fix[locale] }
  }
}

/** Words with the evidence in their braces. */
export const filled = (words: Words, evidence: Evidence, locale: Locale): string =>
  words[locale].replaceAll(/\{(\w+)\}( [a-z]+s\b)?/g, (_, name: string, unit = '') => {
    const one = locale === 'en' && evidence[name] === 1 && !verbs.test(unit)
    return `${valueText(evidence[name], locale)}${one ? singular(unit) : unit}`
  })

/** `1 days` reads like a machine. */
const singular = (noun: string) =>
  noun
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch)es$/, '$1')
    .replace(/([^s])s$/, '$1')
const verbs = /^ (is|was|has|does|ends)$/

/** All of it in one line, for those who want the numbers. */
export const evidenceText = (evidence: Evidence): string =>
  Object.entries(evidence)
    .map(([name, value]) => `${name} ${valueText(value, 'en')}`)
    .join(', ')

function valueText(value: Evidence[string] | undefined, locale: Locale): string {
  if (value === null || value === undefined) return locale === 'ja' ? '不明' : 'unknown'
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'object' && value.length === 0) return locale === 'ja' ? 'なし' : 'none'
  if (typeof value === 'object') return value.map((one) => (typeof one === 'number' ? numberText(one) : one)).join(', ')
  return instant.test(String(value)) ? `${String(value).slice(0, 16).replace('T', ' ')} UTC` : String(value)
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** At most two places after the point, thousands apart. */
const numberText = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 })

export const severities = ['high', 'medium', 'low'] as const

/** What a person calls it: its name, else the last part of its ARN. */
export const shortName = ({ name, resource }: { name: string | null; resource: string }): string =>
  name ?? resource.split(/[:/]/).findLast((part) => part !== '') ?? resource

/** Worst first: severity, then money, then name. */
export function worstFirst<F extends { severity: string; savings: { usdPerMonth: number } | null; check: string; resource: string }>(
  findings: readonly F[],
): F[] {
  const rank = (severity: string) => severities.indexOf(severity as (typeof severities)[number])
  return findings.toSorted(
    (a, b) =>
      rank(a.severity) - rank(b.severity) ||
      (b.savings?.usdPerMonth ?? 0) - (a.savings?.usdPerMonth ?? 0) ||
      (a.check < b.check ? -1 : a.check > b.check ? 1 : a.resource < b.resource ? -1 : 1),
  )
}

/** `$1,249.50` */
export const moneyText = (usd: number): string => `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`

/** What a finding costs in a month; null where nothing is saved that anybody would see. */
export const monthly = ({ savings }: { savings: { usdPerMonth: number } | null }): string | null =>
  savings !== null && savings.usdPerMonth >= 0.005 ? moneyText(savings.usdPerMonth) : null

/** Where it is: account and region; what is not of AWS is our own. */
export const placeText = ({ account, region }: { account: string; region: string }, locale: Locale): string =>
  account === 'platform' ? (locale === 'ja' ? '自社' : 'our own') : `${account} ${region}`

export const savingsTotal = (findings: readonly { savings: { usdPerMonth: number } | null }[]): number =>
  Math.round(findings.reduce((sum, { savings }) => sum + (savings?.usdPerMonth ?? 0), 0) * 100) / 100
