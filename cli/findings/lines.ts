import type { FindingView } from '../../guardians/findings/wire.ts'
import { shortName } from '../../guardians/say.ts'
import { cut, filled, wrap } from '../andon/width.ts'
import { dayTime, type Paint } from '../render.ts'

/** Findings as a terminal shows them. Pure; made for 80 columns, and wider where there are more. */

const colours = { high: 'red', medium: 'yellow', low: 'gray' } as const
const day = (iso: string) => dayTime(iso).slice(0, 10)
const money = ({ savings }: Pick<FindingView, 'savings'>) =>
  savings && savings.usdPerMonth > 0 ? `$${savings.usdPerMonth.toFixed(2)}/month` : ''

/** Two lines: what is so; then its id, who has it, and where. */
export function findingLines(finding: FindingView, columns: number, paint: Paint): string[] {
  const { id, severity, account, region, told } = finding
  const name = filled(shortName(finding), 22)
  const says = `${told.title}: ${told.says}`
  const where = [id, stateText(finding), money(finding), `${account} ${region}`].filter(Boolean).join('  ')
  return [
    `${paint(colours[severity], severity.padEnd(6))}  ${name}  ${cut(says, Math.max(20, columns - 32))}`,
    paint('gray', `        ${cut(where, Math.max(20, columns - 8))}`),
  ]
}

function stateText({ status, owner, ask, mute, regressions, fixed }: FindingView): string {
  if (status === 'asked' && ask) return `asked ${ask.to}, due ${day(ask.dueAt)}${ask.answer ? ` (${ask.answer.kind})` : ''}`
  if (status === 'muted' && mute) return `muted until ${day(mute.until)}`
  if (status === 'fixed' && fixed) return `fixed ${day(fixed.at)}`
  const back = regressions > 0 ? ', came back' : ''
  return `${status}${back}${owner ? ` (${owner.name})` : ''}`
}

/** All that is known of one. */
export function findingStory(finding: FindingView, columns: number, paint: Paint): string[] {
  const { id, severity, told, resource, account, region, check, evidence, savings } = finding
  const rows: [string, string][] = [
    ['what', told.says],
    ['where', `${resource}\n${account} ${region}`],
    ['why', told.why],
    ['fix', told.fix],
    [
      'numbers',
      Object.entries(evidence)
        .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : value}`)
        .join('; '),
    ],
    [
      'savings',
      savings
        ? `${money(finding)} (${savings.basis.quantity} ${savings.basis.unit} at $${savings.basis.usd}, ${savings.basis.region}, read ${savings.basis.asOf})`
        : '',
    ],
    ['owner', ownerText(finding)],
    ['state', stateText(finding)],
    ...lifeRows(finding),
    ['seen', `first ${dayTime(finding.firstSeenAt)}, last ${dayTime(finding.lastSeenAt)} (${finding.lastRun})`],
  ]
  const width = Math.max(30, columns - 10)
  const lines = rows.flatMap(([label, text]) =>
    text === ''
      ? []
      : text
          .split('\n')
          .flatMap((part) => wrap(part, width))
          .map((line, at) => `${paint('gray', (at === 0 ? label : '').padEnd(9))} ${line}`),
  )
  return [`${paint(colours[severity], severity.toUpperCase())} ${paint('bold', told.title)}  ${paint('gray', `${id}  ${check}`)}`, ...lines]
}

function ownerText({ owner }: FindingView): string {
  if (!owner) return 'nobody is known'
  const how = { ask: 'somebody said so', tag: 'by its tag', catalogue: 'by the configuration', fallback: 'nobody else is known' }[owner.by]
  return `${owner.name} (${how}${owner.kind === 'words' ? '; nobody of that name is configured' : ''})`
}

function lifeRows({ ask, mute, wrong, fix, fixed, regressions, regressedAt }: FindingView): [string, string][] {
  const via = ask?.via === 'fallback' ? ', because nobody else was found' : ''
  return [
    ['asked', ask ? `${ask.to}${via}, by ${ask.by} on ${dayTime(ask.at)}, due ${day(ask.dueAt)}${ask.words ? `: ${ask.words}` : ''}` : ''],
    [
      'answer',
      ask?.answer
        ? `${ask.answer.kind}, ${ask.answer.by} on ${dayTime(ask.answer.at)}${ask.answer.words ? `: ${ask.answer.words}` : ''}`
        : '',
    ],
    ['muted', mute ? `until ${dayTime(mute.until)} by ${mute.by}: ${mute.reason}` : ''],
    ['wrong', wrong ? `${wrong.by} on ${dayTime(wrong.at)}: ${wrong.reason}` : ''],
    [
      'runbook',
      fix
        ? `${fix.runbook}${fix.undo ? ', back' : ''}${fix.dryRun ? ' (dry run)' : ''}, ${fix.by} on ${dayTime(fix.at)}${fix.run ? `, ${fix.run}` : ''}${fix.ended ? ` ${fix.ended}` : ''}${fix.said ? `: ${fix.said}` : ''}`
        : '',
    ],
    ['fixed', fixed ? `${dayTime(fixed.at)}, seen by ${fixed.run}` : ''],
    ['back', regressions > 0 && regressedAt ? `${regressions} times, last ${dayTime(regressedAt)}` : ''],
  ]
}
