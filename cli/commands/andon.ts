import { type Command, Option } from 'commander'
import type { AndonView } from '../../bots/andon/wire.ts'
import { andonPath, onlyAndon, takeAndon } from '../andon/find.ts'
import { languageOf, leaderLine, painted, type Reader, titleLine } from '../andon/parts.ts'
import { type PullOptions, pull } from '../andon/pull.ts'
import { type AndonDetail, listLine, showLines } from '../andon/show.ts'
import { type Given, type Verb, verbs } from '../andon/verbs.ts'
import { type WatchOptions, watch } from '../andon/watch.ts'
import { type ApiOptions, type Cli, defineCommand, forScripts, type Run, reaching } from '../define.ts'
import { localeOf, zoneHere } from '../locale.ts'
import { numberOption } from '../options.ts'
import { paintsOf } from '../render.ts'

interface Asked extends ApiOptions {
  json?: boolean
}

export const andon = defineCommand('andon', {
  summary: 'Something looks wrong? Pull. And all that follows, without Slack',
  setup(command, cli, run) {
    command.addHelpText('after', helpText)
    const groups = new Map<string, Command>([['', command]])
    forScripts(reaching(command.command('pull').argument('[words...]').description('Something is wrong: in your words, as they come')))
      .option('--component <id>', 'guessed from the words and from what fires when absent')
      .option('--private', 'only for those who are invited')
      .action(run((words: string[], options: PullOptions) => pull(cli, words, options)))
    forScripts(reaching(command.command('list').description('What is open, newest first')))
      .option('--all', 'also those that have ended')
      .option('--limit <n>', 'at most so many', '50')
      .action(run((options) => list(cli, options)))
    forScripts(reaching(command.command('show').argument('[andon]').description('Everything about one'))).action(
      run((id, options) => show(cli, id, options)),
    )
    forScripts(
      reaching(
        command.command('watch').argument('[andon]').description('The room of one, live: its timeline, its lanes, one-key commands'),
      ),
    )
      .addOption(localeOption())
      .action(run((id: string | undefined, options: WatchOptions) => watch(cli, id, options)))
    for (const verb of verbs) verbCommand(groupOf(groups, command, verb), verb, cli, run)
  },
})

const localeOption = () => new Option('--locale <locale>', 'language (default: that of this terminal)').choices(['en', 'ja'])

const helpText = `
An andon is named by its id or the last characters of it; the one that is open needs no name.
Lanes, inquiries and kaizen items are named by their number in "jidoka andon show".`

const groupTexts: Record<string, string> = {
  lane: 'Lines of work: open, take, report, hand over, end',
  inquiry: 'Carriers and vendors: ask, note their answer, close',
  kaizen: 'What gets better after it',
}

function groupOf(groups: Map<string, Command>, top: Command, { words }: Verb): Command {
  const name = words.includes(' ') ? (words.split(' ')[0] as string) : ''
  const group = groups.get(name) ?? top.command(name).description(groupTexts[name] ?? '')
  groups.set(name, group)
  return group
}

function verbCommand(parent: Command, verb: Verb, cli: Cli, run: Run) {
  const command = parent
    .command(verb.words.split(' ').at(-1) as string)
    .description(verb.summary)
    .usage(`[options] [andon] ${verb.usage}`)
    .argument('[words...]')
  for (const [flags, description] of verb.options ?? []) command.option(flags, description)
  forScripts(reaching(command)).action(run((typed: string[], options: Asked & Given) => order(cli, verb, typed, options)))
}

async function order(cli: Cli, verb: Verb, typed: string[], options: Asked & Given) {
  const api = await cli.api(options)
  const { id, rest } = await takeAndon(api, typed, verb.which)
  const { path, body } = verb.order(rest, options, await api.get<AndonView>(`${andonPath(id)}?after=${nothingAfter}`), Date.now())
  const changed = await api.send<AndonView>('POST', `${andonPath(id)}/${path}`, body)
  if (options.json) cli.json(changed)
  else cli.out(stateLines(cli, changed).join('\n'))
  return 0 as const
}

/** Asks for the andon without its timeline. */
const nothingAfter = Number.MAX_SAFE_INTEGER
const endless = 10_000

const readerOf = (cli: Cli): Reader => ({ locale: localeOf(cli.env), zone: zoneHere(), now: Date.now() })

function stateLines(cli: Cli, changed: AndonView): string[] {
  const reader = readerOf(cli)
  return [titleLine(changed, reader), leaderLine(changed, reader)].map((line) => painted(line, endless, paintsOf(cli)))
}

async function list(cli: Cli, options: Asked & { all?: boolean; limit: string }) {
  const limit = numberOption(options.limit, '--limit', 1, 200)
  const api = await cli.api(options)
  const { items } = await api.get<{ items: AndonView[] }>(`/v1/andons?limit=${limit}${options.all ? '' : '&status=open'}`)
  const reader = readerOf(cli)
  const { labels } = languageOf(reader)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out(options.all ? labels.noneEver : labels.none)
  else for (const one of items) cli.out(listLine(one, reader, paintsOf(cli)))
  return 0 as const
}

async function show(cli: Cli, typed: string | undefined, options: Asked) {
  const api = await cli.api(options)
  const found = await api.get<AndonDetail>(andonPath(await onlyAndon(api, typed, 'any')))
  if (options.json) cli.json(found)
  else cli.out(showLines(found, readerOf(cli), paintsOf(cli)).join('\n'))
  return found.status === 'resolved' ? (0 as const) : (1 as const)
}
