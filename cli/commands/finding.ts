import type { Command } from 'commander'
import type { z } from 'zod'
import type { FindingView, summarySchema } from '../../guardians/findings/wire.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { takeExport } from '../findings/export.ts'
import { findingLines, findingStory } from '../findings/lines.ts'
import { summaryLines } from '../findings/summary.ts'
import { localeOf } from '../locale.ts'
import { paintsOf } from '../render.ts'
import { timeOf } from '../times.ts'

type Asking = ApiOptions & { json?: boolean }

interface Filter {
  status?: string
  guardian?: string
  check?: string
  account?: string
  region?: string
  severity?: string
  owner?: string
}

export const finding = defineCommand('finding', {
  summary: 'What guardians found: see it, ask about it, mute it, say that it is wrong',
  setup(command, cli, run) {
    const sub = (name: string, description: string) => forScripts(reaching(command.command(name).description(description)))
    const one = (name: string, description: string) => sub(name, description).argument('<id>')
    sub('summary', 'How it stands, and what was not looked at').action(run((options) => summary(cli, options)))
    filtering(sub('list', 'Worst first'))
      .option('--limit <n>', 'at most so many, up to 200', '20')
      .action(run((options) => list(cli, options)))
    one('show', 'Its evidence, its life, and what to do').action(run((id, options) => show(cli, id, options)))
    one('ask', 'Ask its owner to see to it')
      .option('--to <who>', 'a person or team (default: its owner)')
      .option('--due <time>', 'like 7d, 2026-12-01 or 2026-12-01T09:00')
      .option('--words <words>', 'what you want to say')
      .action(
        run((id, { to, due, words, ...options }) => decide(cli, id, 'ask', { to, dueAt: due && timeOf(due, '--due'), words }, options)),
      )
    one('mute', 'Leave it alone for a while')
      .requiredOption('--until <time>', 'like 30d or 2026-12-01')
      .requiredOption('--reason <words>', 'why; kept')
      .action(run((id, { until, reason, ...options }) => decide(cli, id, 'mute', { until: timeOf(until, '--until'), reason }, options)))
    one('wrong', 'Vote that the check is wrong about it')
      .requiredOption('--reason <words>', 'why; kept')
      .action(run((id, { reason, ...options }) => decide(cli, id, 'wrong', { reason }, options)))
    one('answer', 'Answer what you were asked')
      .argument('<answer>', 'will-do, done, not-mine or disagree')
      .option('--words <words>', 'what you want to say')
      .option('--due <time>', 'with will-do: until when')
      .option('--to <who>', 'with not-mine: whose it is; they are asked then')
      .action(
        run((id, answer, { words, due, to, ...options }) =>
          decide(cli, id, 'answer', { answer, words, dueAt: due && timeOf(due, '--due'), to }, options),
        ),
      )
    one('reopen', 'Take back an ask, a mute or a vote')
      .requiredOption('--reason <words>', 'why; kept')
      .action(run((id, { reason, ...options }) => decide(cli, id, 'reopen', { reason }, options)))
    one('fix', 'Approve the runbook that mends it')
      .option('--dry-run', 'only tell what it would do')
      .option('--undo', 'take back what the runbook did')
      .action(run((id, { dryRun, undo, ...options }) => decide(cli, id, 'fix', { dryRun: dryRun === true, undo: undo === true }, options)))
    filtering(reaching(command.command('export').description('All of them, as JSON or CSV')))
      .option('--format <format>', 'json or csv', 'csv')
      .option('--out <file>', 'into a file (default: the output)')
      .action(run((options) => exportAll(cli, options)))
  },
})

const filtering = (command: Command): Command =>
  command
    .option('--status <status>', 'open, asked, muted, wrong, fixed, live or all (default: open and asked)')
    .option('--guardian <id>')
    .option('--check <id>')
    .option('--account <account>')
    .option('--region <region>')
    .option('--severity <severity>', 'high, medium or low')
    .option('--owner <who>', 'a person or team: theirs, or asked of them')

function queryOf(cli: Cli, { status, guardian, check, account, region, severity, owner }: Filter): URLSearchParams {
  const given = Object.entries({ status, guardian, check, account, region, severity, owner }).filter(([, value]) => value !== undefined)
  return new URLSearchParams({ ...Object.fromEntries(given as [string, string][]), locale: localeOf(cli.env) })
}

const at = (cli: Cli, id: string, more = '') => `/v1/findings/${encodeURIComponent(id)}${more}?locale=${localeOf(cli.env)}`

async function summary(cli: Cli, options: Asking) {
  const found = await (await cli.api(options)).get<z.infer<typeof summarySchema>>('/v1/findings/summary')
  if (options.json) cli.json(found)
  else for (const line of summaryLines(found, paintsOf(cli))) cli.out(line)
  return found.high > 0 ? (1 as const) : (0 as const)
}

async function list(cli: Cli, { limit, ...options }: Asking & Filter & { limit: string }) {
  const query = queryOf(cli, options)
  query.set('limit', limit)
  const found = await (await cli.api(options)).get<{ items: FindingView[]; next: string | null }>(`/v1/findings?${query}`)
  if (options.json) cli.json(found)
  else if (found.items.length === 0) cli.out('No findings.')
  else {
    for (const item of found.items) for (const line of findingLines(item, cli.columns, paintsOf(cli), localeOf(cli.env))) cli.out(line)
    if (found.next !== null) cli.out('There are more: --limit, or jidoka finding export.')
  }
  return 0 as const
}

async function show(cli: Cli, id: string, options: Asking) {
  return told(cli, await (await cli.api(options)).get<FindingView>(at(cli, id)), options)
}

async function decide(cli: Cli, id: string, kind: string, body: object, options: Asking) {
  const found = await (await cli.api(options)).send<FindingView>('POST', at(cli, id, `/${kind}`), body)
  if (options.json) cli.json(found)
  else {
    for (const line of findingLines(found, cli.columns, paintsOf(cli), localeOf(cli.env))) cli.out(line)
    if (kind === 'ask' && found.ask?.via === 'fallback') cli.out(`${found.ask.to} is asked because nobody else was found.`)
    if (kind === 'fix' && found.fix)
      cli.out(found.fix.said ?? `${found.fix.runbook} is approved${found.fix.run ? ` (${found.fix.run})` : ''}.`)
  }
  return 0 as const
}

function told(cli: Cli, found: FindingView, options: Asking) {
  if (options.json) cli.json(found)
  else for (const line of findingStory(found, cli.columns, paintsOf(cli), localeOf(cli.env))) cli.out(line)
  return found.status === 'open' || found.status === 'asked' ? (1 as const) : (0 as const)
}

async function exportAll(cli: Cli, options: ApiOptions & Filter & { format: string; out?: string }) {
  const query = queryOf(cli, options)
  query.set('format', options.format)
  await takeExport(cli, options, query)
  return 0 as const
}
