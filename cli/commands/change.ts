import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'
import { dayTime } from '../render.ts'

interface ChangeView {
  id: string
  title: string
  component: string | null
  kind: string
  version: string | null
  by: string
  at: string
  until: string | null
  url: string | null
}

interface AddOptions extends ApiOptions {
  json?: boolean
  component?: string
  kind: string
  deployVersion?: string
  by?: string
  at?: string
  until?: string
  link?: string
  key?: string
}

export const change = defineCommand('change', {
  summary: 'Tell of a deployment, a new configuration, or planned work; list what was told',
  setup(command, cli, run) {
    forScripts(
      reaching(command.command('add').argument('<words>', 'what changes, in a line').description('Note a change; for pipelines, too')),
    )
      .option('--component <id>', 'what it concerns (default: everything)')
      .option('--kind <kind>', 'deployment, config, planned or other', 'deployment')
      .option('--deploy-version <version>', 'what is rolled out')
      .option('--by <name>', 'a person or a pipeline (default: the name of the token)')
      .option('--at <time>', 'when it begins, like 2026-12-01T22:00:00+09:00 (default: now)')
      .option('--until <time>', 'when its window ends')
      .option('--link <url>', 'where to read more')
      .option('--key <key>', 'the same key is noted once')
      .action(run((words, options) => add(cli, words, options)))
    forScripts(reaching(command.command('list').description('The last noted first')))
      .option('--component <id>', 'only those of it')
      .option('--limit <n>', 'at most so many', '20')
      .action(run((options) => list(cli, options)))
  },
})

async function add(cli: Cli, title: string, options: AddOptions) {
  const { component, kind, deployVersion: version, by, at, until, link: url, key } = options
  const { items } = await (await cli.api(options)).send<{ items: ChangeView[] }>('POST', '/v1/changes', {
    title,
    component,
    kind,
    version,
    by,
    at,
    until,
    url,
    key,
  })
  const [noted] = items
  if (options.json) cli.json(noted)
  else if (noted) cli.out(`Noted: ${lineOf(noted)}`)
  return 0 as const
}

async function list(cli: Cli, options: ApiOptions & { json?: boolean; component?: string; limit: string }) {
  const query = new URLSearchParams({ limit: options.limit, ...(options.component ? { component: options.component } : {}) })
  const { items } = await (await cli.api(options)).get<{ items: ChangeView[] }>(`/v1/changes?${query}`)
  if (options.json) cli.json({ items })
  else if (items.length === 0) cli.out('No changes.')
  else for (const one of items) cli.out(lineOf(one))
  return 0 as const
}

function lineOf({ id, title, component, kind, version, by, at, until }: ChangeView): string {
  const window = until === null ? '' : ` until ${dayTime(until)}`
  const what = version === null ? kind : `${kind} ${version}`
  return `${dayTime(at)}${window}  ${(component ?? 'everything').padEnd(14)} ${what.padEnd(18)} ${id}  ${title} (${by})`
}
