import type { Guardian } from '../define.ts'
import type { Report, ReportedFinding } from '../report.ts'
import {
  evidenceText,
  type Locale,
  moneyText,
  monthly,
  placeText,
  savingsTotal,
  severities,
  shortName,
  teller,
  worstFirst,
} from '../say.ts'

/** A report as one page that needs nothing else: no script, no outside request, light and dark, printable. */
export function htmlOf(report: Report, guardians: readonly Guardian[], locale: Locale): string {
  const tell = teller(guardians)
  const words = texts[locale]
  const findings = worstFirst(report.findings)
  const groups = severities.map((severity) => ({ severity, all: findings.filter((finding) => finding.severity === severity) }))
  const covered = report.coverage.reduce((sum, { looked }) => sum + looked, 0)
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${words.title}</title>
<style>${css}</style>
</head>
<body>
<header>
<h1>${words.title}</h1>
<p>${new Date(report.endedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC · ${words.looked(covered)} · ${words.cost(report.cost.calls, report.cost.usd)}</p>
<ul class="counts">${groups.map(({ severity, all }) => `<li class="${severity}"><b>${all.length}</b> ${words[severity]}</li>`).join('')}<li><b>${moneyText(savingsTotal(findings))}</b> ${words.month}</li></ul>
</header>
<main>
${holesOf(report, words)}
${groups
  .filter(({ all }) => all.length > 0)
  .map(
    ({
      severity,
      all,
    }) => `<section aria-label="${words[severity]}"><h2 class="${severity}">${words[severity]} <small>${all.length}</small></h2>
${byCheck(all)
  .map(([first, some]) => {
    const { title, why, fix } = tell(first, locale)
    return `<article><h3>${escaped(title)} <code>${escaped(first.check)}</code></h3><p>${escaped(why)}</p>
<table class="findings"><thead><tr><th>${words.resource}</th><th>${words.what}</th><th>${words.where}</th><th class="money">${words.saves}</th></tr></thead><tbody>
${some.map((finding) => rowOf(finding, tell(finding, locale).says, locale)).join('\n')}
</tbody></table><p class="fix"><b>${words.fix}</b> ${marked(fix)}</p></article>`
  })
  .join('\n')}</section>`,
  )
  .join('\n')}
${findings.length === 0 ? `<p class="well">${words.none}</p>` : ''}
${coverageOf(report, words)}
</main>
</body>
</html>
`
}

type Texts = (typeof texts)[Locale]

/** Of what nothing can be said: before the findings, since they are not all. */
function holesOf({ unknown }: Report, words: Texts): string {
  if (unknown.length === 0) return ''
  const rows = unknown
    .map(
      ({ check, account, region, missing, resources }) =>
        `<tr><td><code>${escaped(check)}</code></td><td>${escaped(missing)}</td><td>${escaped(`${account} ${region}`)}</td><td class="money">${resources ?? '?'}</td></tr>`,
    )
    .join('\n')
  return `<section aria-label="${words.holes}"><h2>${words.holes} <small>${unknown.length}</small></h2><p>${words.holesWhy}</p>
<table><thead><tr><th>${words.check}</th><th>${words.missing}</th><th>${words.where}</th><th class="money">${words.resources}</th></tr></thead><tbody>
${rows}
</tbody></table></section>`
}

function coverageOf({ coverage, cost }: Report, words: Texts): string {
  const rows = coverage
    .map(
      (one) =>
        `<tr><td><code>${escaped(one.check)}</code></td><td>${escaped(`${one.account} ${one.region}`)}</td><td class="money">${one.looked}</td><td class="money">${one.failed}</td><td class="money">${one.unknown}</td><td>${one.complete ? '✓' : words.partly}</td></tr>`,
    )
    .join('\n')
  const calls = cost.byCall
    .map(
      ({ call, calls: n, throttled, denied, share }) =>
        `<tr><td><code>${escaped(call)}</code></td><td class="money">${n}</td><td class="money">${throttled}</td><td class="money">${denied}</td><td class="money">${(share * 100).toFixed(1)} %</td></tr>`,
    )
    .join('\n')
  return `<details><summary>${words.ledger}</summary>
<table><thead><tr><th>${words.check}</th><th>${words.where}</th><th class="money">${words.lookedAt}</th><th class="money">${words.failed}</th><th class="money">${words.unknown}</th><th>${words.whole}</th></tr></thead><tbody>
${rows}
</tbody></table>
<table><thead><tr><th>${words.call}</th><th class="money">${words.calls}</th><th class="money">${words.throttled}</th><th class="money">${words.denied}</th><th class="money">${words.share}</th></tr></thead><tbody>
${calls}
</tbody></table></details>`
}

const rowOf = (finding: ReportedFinding, says: string, locale: Locale) =>
  `<tr><td title="${escaped(finding.resource)}">${escaped(shortName(finding))}${finding.owner === null ? '' : `<br><small>${escaped(finding.owner)}</small>`}</td><td title="${escaped(evidenceText(finding.evidence))}">${escaped(says)}</td><td>${escaped(placeText(finding, locale))}</td><td class="money">${monthly(finding) ?? ''}</td></tr>`

function byCheck(findings: readonly ReportedFinding[]): [ReportedFinding, ReportedFinding[]][] {
  const groups = new Map<string, ReportedFinding[]>()
  for (const finding of findings) groups.set(finding.check, [...(groups.get(finding.check) ?? []), finding])
  return [...groups.values()].map((some) => [some[0] as ReportedFinding, some])
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (one) => entities[one] as string)
/** What stands between backticks is a command. */
const marked = (text: string) => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const texts = {
  en: {
    title: "The guardians' report",
    looked: (n: number) => `${n.toLocaleString('en-US')} looked at`,
    cost: (calls: number, usd: number) => `${calls.toLocaleString('en-US')} calls, $${usd.toFixed(2)}`,
    month: 'a month could be saved',
    high: 'High',
    medium: 'Medium',
    low: 'Low',
    fix: 'What to do:',
    resource: 'Resource',
    what: 'What is so',
    where: 'Where',
    saves: 'A month',
    none: 'Nothing found.',
    holes: 'Not looked at',
    holesWhy: 'Nothing can be said here, and nothing is closed, until the permission or the answer is there.',
    check: 'Check',
    missing: 'What is missing',
    resources: 'Resources',
    ledger: 'Coverage and cost',
    lookedAt: 'Looked at',
    failed: 'Found',
    unknown: 'Unknown',
    whole: 'Whole',
    partly: 'in part',
    call: 'Call',
    calls: 'Calls',
    throttled: 'Throttled',
    denied: 'Denied',
    share: 'Of the limit',
  },
  ja: {
    title: 'ガーディアンの報告',
    looked: (n: number) => `${n.toLocaleString('en-US')} 件を確認`,
    cost: (calls: number, usd: number) => `API ${calls.toLocaleString('en-US')} 回・$${usd.toFixed(2)}`,
    month: '/月 節約できる見込み',
    high: '高',
    medium: '中',
    low: '低',
    fix: '対処:',
    resource: 'リソース',
    what: '状況',
    where: '場所',
    saves: '月額',
    none: '指摘はありません。',
    holes: '確認できなかったもの',
    holesWhy: '権限または応答が得られるまで、ここについては何も言えず、何も解決済みにしません。',
    check: 'チェック',
    missing: '足りないもの',
    resources: '件数',
    ledger: '確認範囲と費用',
    lookedAt: '確認',
    failed: '指摘',
    unknown: '不明',
    whole: '全件',
    partly: '一部',
    call: '呼び出し',
    calls: '回数',
    throttled: '制限',
    denied: '拒否',
    share: '上限比',
  },
} as const

const css = `:root{color-scheme:light dark;--line:#8884;--high:#c62828;--medium:#b26a00;--low:#5a6a7a}
@media(prefers-color-scheme:dark){:root{--high:#ff8a80;--medium:#ffc266;--low:#a9b8c6}}
body{font:16px/1.5 system-ui,"Hiragino Sans","Noto Sans CJK JP",sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem}
h1{margin:0}h2{border-bottom:2px solid var(--line);margin-top:2.5rem}h2.high{color:var(--high)}h2.medium{color:var(--medium)}h2.low{color:var(--low)}
small{font-weight:normal;opacity:.75}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
.counts{display:flex;flex-wrap:wrap;gap:2rem;list-style:none;padding:0}.counts b{font-size:1.8rem;display:block}
.counts .high b{color:var(--high)}.counts .medium b{color:var(--medium)}.counts .low b{color:var(--low)}
table{border-collapse:collapse;width:100%;margin:.5rem 0 .8rem}th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.money{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.fix{margin-top:0}.well{font-size:1.4rem}
.findings{table-layout:fixed}.findings th{font-size:.8rem;font-weight:normal;opacity:.75;padding-block:0}
.findings th:nth-child(1){width:25%}.findings th:nth-child(3){width:20%}.findings th:nth-child(4){width:10%}.findings td:first-child{font-weight:600}
.fix{font-size:.95rem}h3{margin-bottom:.2rem}h3+p{margin:.2rem 0;opacity:.85}article+article{margin-top:2rem}
@media(max-width:40rem){.findings th:nth-child(3),.findings td:nth-child(3){display:none}.findings th:nth-child(1){width:35%}.findings th:nth-child(4){width:20%}}
article{break-inside:avoid-page}details{margin-top:3rem}`
