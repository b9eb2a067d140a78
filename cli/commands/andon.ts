import { type Command, Option } from 'commander'
import type { DrillOptions } from '../andon/drill.ts'
import type { PullOptions } from '../andon/pull.ts'
import type { Verb } from '../andon/typed.ts'
import { verbs } from '../andon/verbs.ts'
import type { WatchOptions } from '../andon/watch.ts'
import { type Cli, defineCommand, forScripts, type Run, reaching } from '../define.ts'

/** What a command needs is loaded when it is given: every other command starts without it. */
export const andon = defineCommand('andon', {
  summary: 'Something looks wrong? Pull. And all that follows, without Slack',
  setup(command, cli, run) {
    command.configureHelp({ subcommandTerm: (one) => `${one.name()} ${one.usage().replace(/^\[options\] ?/, '')}`.trim() })
    command.addHelpText('after', helpText)
    readingCommands(command, cli, run)
    for (const verb of verbs) verbCommand(groupOf(command, verb), verb, cli, run)
    const group = groupOf(command, { words: 'kaizen list' })
    asking(group, 'list', 'What is still open, of all; or all of one')
      .argument('[andon]')
      .action(run(async (id, options) => (await import('../andon/acts.ts')).kaizenList(cli, id, options)))
    asking(command, 'merge', 'Make one part of another; its id goes on to lead there')
      .argument('<andon>')
      .argument('<into>')
      .action(run(async (from, into, options) => (await import('../andon/acts.ts')).merge(cli, [from, into], options)))
  },
})

const asking = (parent: Command, name: string, summary: string): Command => forScripts(reaching(parent.command(name).description(summary)))

function readingCommands(command: Command, cli: Cli, run: Run) {
  asking(command, 'pull', 'Something is wrong: in your words, as they come')
    .argument('[words...]')
    .option('--component <id>', 'guessed from the words and from what fires when absent')
    .option('--private', 'only for those who are invited')
    .action(run(async (words: string[], options: PullOptions) => (await import('../andon/pull.ts')).pull(cli, words, options)))
  asking(command, 'list', 'What is open, newest first')
    .option('--all', 'also those that have ended')
    .option('--limit <n>', 'at most so many', '50')
    .action(run(async (options) => (await import('../andon/acts.ts')).list(cli, options)))
  asking(command, 'show', 'Everything about one')
    .argument('[andon]')
    .action(run(async (id, options) => (await import('../andon/acts.ts')).show(cli, id, options)))
  asking(command, 'watch', 'The room of one, live: its timeline, its lanes, one-key commands')
    .argument('[andon]')
    .addOption(localeOption())
    .action(run(async (id: string | undefined, options: WatchOptions) => (await import('../andon/watch.ts')).watch(cli, id, options)))
  asking(command, 'review', 'What happened, in Markdown, and what is left to ask')
    .argument('[andon]')
    .option('--out <file>', 'write it there')
    .option('--zone <zone>', 'of its times, like Asia/Tokyo (default: that of this machine)')
    .addOption(localeOption())
    .action(run(async (id, options) => (await import('../andon/acts.ts')).review(cli, id, options)))
  asking(command, 'measures', 'How soon somebody comes, leads, and ends it; and what comes again')
    .option('--days <n>', 'of the last so many days', '90')
    .action(run(async (options) => (await import('../andon/acts.ts')).measures(cli, options)))
  asking(command, 'drill', 'Practice: the whole story, played, with the review that it leaves')
    .option('--scenario <name>', 'which one; see --list', 'whole-story')
    .option('--component <id>', 'what it is said to be about')
    .option('--out <file>', 'where its review goes (default: reviews/ in the data folder)')
    .option('--list', 'what there is to practise')
    .addOption(localeOption())
    .action(run(async (options: DrillOptions) => (await import('../andon/drill.ts')).drill(cli, options)))
}

const localeOption = () => new Option('--locale <locale>', 'language (default: that of this terminal)').choices(['en', 'ja'])

const helpText = `
An andon is named by its id or the last characters of it; the one that is open needs no name.
Lanes, inquiries and kaizen items are named by their number in "jidoka andon show".`

const groupTexts: Record<string, string> = {
  lane: 'Lines of work: open, take, report, hand over, end',
  inquiry: 'Carriers and vendors: ask, note their answer, close',
  kaizen: 'What gets better after it',
}

function groupOf(top: Command, { words }: Pick<Verb, 'words'>): Command {
  if (!words.includes(' ')) return top
  const name = words.split(' ')[0] as string
  return top.commands.find((one) => one.name() === name) ?? top.command(name).description(groupTexts[name] ?? '')
}

function verbCommand(parent: Command, verb: Verb, cli: Cli, run: Run) {
  const command = asking(parent, verb.words.split(' ').at(-1) as string, verb.summary)
    .usage(`[options] [andon] ${verb.usage}`)
    .argument('[words...]')
  for (const [flags, description] of verb.options ?? []) command.option(flags, description)
  command.action(run(async (typed: string[], options) => (await import('../andon/acts.ts')).order(cli, verb, typed, options)))
}
